"""Taskiq: two processes; results are keys of Redis, which the producer polls."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import calls
from taskiq_redis import RedisAsyncResultBackend, RedisStreamBroker

COMMAND = ("-m", "taskiq", "worker", "taskiq_peer:broker", "--workers", "2", "--log-level", "ERROR")
URL = os.environ["BROKER_URL"]

broker: Any
if URL.startswith("amqp"):
    from taskiq_aio_pika import AioPikaBroker

    broker = AioPikaBroker(URL)
else:
    broker = RedisStreamBroker(URL)
broker = broker.with_result_backend(RedisAsyncResultBackend(os.environ["RESULTS_URL"]))
started: list[bool] = []
loop = asyncio.new_event_loop()


@broker.task(task_name="noop")
async def noop(number: int) -> int:
    """Return what was given."""
    return number


@broker.task(task_name="millisecond")
async def millisecond(number: int) -> int:
    """Take a millisecond of CPU time."""
    return calls.millisecond(number)


def submit_all(task: str, count: int) -> list[int]:
    """Send all calls, then take all results."""

    async def submit() -> list[int]:
        if not started:
            await broker.startup()
            started.append(True)
        found = {"noop": noop, "millisecond": millisecond}[task]
        sent = [await found.kiq(number) for number in range(count)]
        return [(await one.wait_result(timeout=60)).return_value for one in sent]

    return loop.run_until_complete(submit())
