"""What is said about processes, threads, pools and queues: an experiment for each claim, a module for each theme.

Each experiment is a lesson. It uses the standard library as a course does, is short, and runs alone:

    python -m crossover.experiments.claims.pools pool-map

It returns a `Finding`: the facts that it saw just now, and the verdict that follows from them. The sentences about it
are in `crossover/report/wording/claims/`, a table for each language. `crossover claims` runs them, each in a process of
its own with a deadline.
"""
