"""Redis through redis-py: tasks in a list or a stream, outcomes in a list; and counters under a key.

    producer   lists, streams ─► transport ─► client
    worker     lists, streams ─► inbox ─► client

The counters are in states (the producer's side) and counters (a worker's side).
"""
