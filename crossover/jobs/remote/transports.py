"""The transports over brokers that can carry an executor: what each has for producers and workers.

Both sides are made from the URL of the server, the name of the queue, and the safety level.
"""

from __future__ import annotations

from crossover.contract.registry import import_entry
from crossover.contract.safety import Safety
from crossover.jobs.remote.job_queue import Intake, JobQueue

QUEUES = {
    "redis-list": "crossover.jobs.remote.redis.lists:RedisListQueue",
    "redis-stream": "crossover.jobs.remote.redis.stream:RedisStreamQueue",
    "rabbitmq": "crossover.jobs.remote.rabbitmq:RabbitmqQueue",
}
INTAKES = {
    "redis-list": "crossover.jobs.remote.redis.lists:RedisListIntake",
    "redis-stream": "crossover.jobs.remote.redis.stream:RedisStreamIntake",
    "rabbitmq": "crossover.jobs.remote.rabbitmq:RabbitmqIntake",
}
SERVERS = {"redis-list": "redis", "redis-stream": "redis", "rabbitmq": "rabbitmq"}
"""Transport → its kind of server."""


def open_queue(transport: str, url: str, name: str, safety: Safety) -> JobQueue:
    """Connect as a producer.

    Raises:
        UsageError: no such transport.
        BrokenError: the server cannot be reached.
    """
    queue: JobQueue = import_entry(QUEUES, transport, "transport of calls")(url, name, safety)
    return queue


def open_intake(transport: str, url: str, name: str, safety: Safety) -> Intake:
    """Connect as a worker.

    Raises:
        UsageError: no such transport.
        BrokenError: the server cannot be reached.
    """
    intake: Intake = import_entry(INTAKES, transport, "transport of calls")(url, name, safety)
    return intake
