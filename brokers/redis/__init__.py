"""Redis: lists, streams, and counters under a key."""
