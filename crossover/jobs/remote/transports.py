"""The transports over brokers that can carry an executor: what each has for producers and workers.

Both sides are made from the URL of the server, the name of the queue, the safety level, and the lease.
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


def open_queue(transport: str, url: str, name: str, safety: Safety, lease: float = 0.0) -> JobQueue:
    """Connect as a producer.

    Args:
        transport: by name.
        url: of the server.
        name: of the queue.
        safety: the level.
        lease: seconds without a word from a worker, after which it is taken for dead; 0: what its workers say.

    Raises:
        UsageError: no such transport.
        BrokenError: the server cannot be reached.
    """
    queue: JobQueue = import_entry(QUEUES, transport, "transport of calls")(url, name, safety, lease=lease)
    return queue


def open_intake(transport: str, url: str, name: str, safety: Safety, lease: float = 0.0) -> Intake:
    """Connect as a worker.

    Args:
        transport: by name.
        url: of the server.
        name: of the queue.
        safety: the level.
        lease: seconds without a word from this worker, after which it is taken for dead; 0: that of the queue.

    Raises:
        UsageError: no such transport; or other workers of the queue have another lease.
        BrokenError: the server cannot be reached.
    """
    intake: Intake = import_entry(INTAKES, transport, "transport of calls")(url, name, safety, lease=lease)
    return intake
