"""Celery workers: how a private one is started and external ones are reserved, and what runs inside a worker.

    producer   private_worker; external ─► remote_control ─► status in the worker
    worker     environment: what it serves; allowlist: what it may run; consumer: what it takes

Both sides compute code_version, and compare it.
"""
