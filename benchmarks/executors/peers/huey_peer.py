"""Huey: a consumer with two processes; results are in a hash, which the producer polls."""

from __future__ import annotations

import os

import calls
from huey import RedisHuey

COMMAND = ("-m", "huey.bin.huey_consumer", "huey_peer.huey", "--workers", "2", "--worker-type", "process", "--quiet")

huey = RedisHuey("peer", url=os.environ["BROKER_URL"])
tasks = {function.__name__: huey.task()(function) for function in (calls.noop, calls.millisecond)}


def submit_all(task: str, count: int) -> list[int]:
    """Send all calls, then take all results."""
    results = [tasks[task](number) for number in range(count)]
    return [result.get(blocking=True, timeout=60) for result in results]
