"""RQ: two workers, each of which forks a process for every call; results are in a stream of each job."""

from __future__ import annotations

import os

from redis import Redis
from rq import Queue

URL = os.environ["BROKER_URL"]
COMMAND = ("-m", "rq.cli", "worker-pool", "--num-workers", "2", "--url", URL, "--logging-level", "ERROR")

queue = Queue(connection=Redis.from_url(URL))


def submit_all(task: str, count: int) -> list[int]:
    """Send all calls, then take all results."""
    jobs = [queue.enqueue(f"calls.{task}", number) for number in range(count)]
    return [job.latest_result(timeout=60).return_value for job in jobs]
