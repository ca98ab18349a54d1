"""`crossover worker`: does the calls that executors have sent to a broker.

    broker ─► link ─► service ─► Dispatcher ─► a pipe to each worker process ─► calls ─► the function
    broker ◄─ link ◄─ replies ◄─ outcome ◄───────────────────────────────────────────────┘

One process takes calls, and never runs one: a call that computes for hours stops neither the heartbeat, which has a
thread of its own, nor a signal.
"""
