"""memcached through pymemcache: counters under a key (states, counters). It carries no tasks: it may drop any key."""
