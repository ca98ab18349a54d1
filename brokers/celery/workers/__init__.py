"""Celery workers: the private one of a run, external ones, and what runs inside a worker."""
