"""arq: two workers with ten calls at a time each; results are keys, which the producer polls."""

from __future__ import annotations

import asyncio
import os
from typing import Any, ClassVar

import calls
from arq import create_pool
from arq.connections import RedisSettings
from arq.jobs import Job, ResultNotFound

COMMAND = ("-m", "arq", "arq_peer.Worker")
PROCESSES = 2  # of the command

settings = RedisSettings.from_dsn(os.environ["BROKER_URL"])
loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)


async def noop(_: dict[str, Any], number: int) -> int:
    """Return what was given."""
    return number


async def millisecond(_: dict[str, Any], number: int) -> int:
    """Take a millisecond of CPU time."""
    return calls.millisecond(number)


class Worker:
    """What arq's command runs."""

    functions: ClassVar = [noop, millisecond]
    redis_settings = settings


async def result_of(job: Job) -> int:
    """Return a result; arq looks for it, then for its job, and finds neither if the job ends in between."""
    try:
        return await job.result(timeout=60)
    except ResultNotFound:
        return await job.result(timeout=60)


def submit_all(task: str, count: int) -> list[int]:
    """Send all calls, then take all results."""

    async def submit() -> list[int]:
        pool = await create_pool(settings)
        jobs = [await pool.enqueue_job(task, number) for number in range(count)]
        results = [await result_of(job) for job in jobs if job]
        await pool.aclose()
        return results

    return loop.run_until_complete(submit())
