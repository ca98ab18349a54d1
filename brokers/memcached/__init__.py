"""memcached: counters under a key."""
