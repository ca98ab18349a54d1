"""Celery: its worker forks two processes; results are kept by its backend, to which the producer listens."""

from __future__ import annotations

import os

import calls
from celery import Celery

COMMAND = ("-m", "celery", "--app", "celery_peer:app", "worker", "--concurrency", "2", "--loglevel", "ERROR")
URL = os.environ["BROKER_URL"]

app = Celery("peer", broker=URL, backend="rpc://" if URL.startswith("amqp") else URL)
tasks = {function.__name__: app.task(function) for function in (calls.noop, calls.millisecond)}


def submit_all(task: str, count: int) -> list[int]:
    """Send all calls, then take all results."""
    results = [tasks[task].delay(number) for number in range(count)]
    return [result.get(timeout=60) for result in results]
