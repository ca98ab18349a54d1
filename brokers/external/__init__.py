"""External workers: those that the user has started, on any machine, found, reserved and lent for a run.

A producer has `workers`, which reach them through a `control`: Celery's remote control, or `crossover_workers`, which
sends `orders`. A worker has a `reservation`, and an `allowlist` of what it may run.
"""
