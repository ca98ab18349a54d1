"""Servers of every kind: where they are, how private ones are run, and what is cleaned up.

    registry ─► kind ─► launch, urls
                                the table of server kinds, and what must be known about each
    address ─► private ─► controllable ─► warden/
                                a server's address; private servers, faults on them, and the process that ends them
    session                     keeps private servers until the command ends
    fillable                    servers of the user whose memory may be filled
    leftovers, doctor, compose  what crashed runs have left; what `crossover doctor` shows; `--compose`

What is true of one kind stands in its own folder: brokers/redis/server.py, for example.
"""
