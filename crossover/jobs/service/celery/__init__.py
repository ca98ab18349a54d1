"""Calls of executors in Celery workers.

    CallRequest (main process) ─► the task `crossover.call` (pool process) ─► Performer ─► the function
    executor ◄───────────────── Answers ◄──────────────────────────────────────┘

The messages are those of every other transport: the same format, list of what is allowed, and signatures. Celery
carries them, keeps the processes, and says which of them have died.
"""
