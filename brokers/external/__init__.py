"""External workers: those that the user has started, on any machine, found, reserved and lent for a run.

A producer has `workers`, which reach them through a `control`, as Celery's remote control. A worker has a
`reservation`, and an `allowlist` of what it may run.
"""
