"""Work: `Executor` runs a person's own functions over the transports that were measured.

    submit ──► Task ──► dispatcher (a thread) ──► a pipe to each worker process ──► work
    Future ◄── outcome ◄─────────────────────────────────────────────────────────────┘

A worker has one task at a time, and a pipe of its own: so it is known which task a worker that dies has taken with it,
and nothing that it holds can stop the others.
"""
