"""A connection to Redis: redis-py, with our settings and without endless waits."""
