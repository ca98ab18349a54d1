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
    "celery+redis": "crossover.jobs.remote.celery:CeleryRedisQueue",
    "celery+rabbitmq": "crossover.jobs.remote.celery:CeleryRabbitmqQueue",
}
INTAKES = {
    "redis-list": "crossover.jobs.remote.redis.lists:RedisListIntake",
    "redis-stream": "crossover.jobs.remote.redis.stream:RedisStreamIntake",
    "rabbitmq": "crossover.jobs.remote.rabbitmq:RabbitmqIntake",
}
REMOVERS = {
    "redis-list": "crossover.jobs.remote.redis.keys:remove_queue",
    "redis-stream": "crossover.jobs.remote.redis.keys:remove_queue",
}
"""Where the queue of an executor that was killed does not expire by itself, as on RabbitMQ."""
CELERY = {"celery+redis": "redis", "celery+rabbitmq": "rabbitmq"}
SERVERS = {"redis-list": "redis", "redis-stream": "redis", "rabbitmq": "rabbitmq", **CELERY}
"""Transport → its kind of server. Those over Celery have no Intake: their workers are Celery's."""


def open_queue(
    transport: str, url: str, name: str, safety: Safety, lease: float = 0.0, own_workers: int = 0
) -> JobQueue:
    """Connect as a producer.

    Args:
        transport: by name.
        url: of the server.
        name: of the queue.
        safety: the level.
        lease: seconds without a word from a worker, after which it is taken for dead; 0: what its workers say.
        own_workers: processes that serve this queue alone; 0: workers elsewhere do.

    Raises:
        UsageError: no such transport.
        BrokenError: the server cannot be reached.
    """
    make = import_entry(QUEUES, transport, "transport of calls")
    queue: JobQueue = make(url, name, safety, lease=lease, own_workers=own_workers)
    return queue


def open_intake(transport: str, url: str, name: str, lease: float = 0.0) -> Intake:
    """Connect as a worker, for calls of any safety level.

    Args:
        transport: by name.
        url: of the server.
        name: of the queue.
        lease: seconds without a word from this worker, after which it is taken for dead; 0: that of the queue.

    Raises:
        UsageError: no such transport; or other workers of the queue have another lease.
        BrokenError: the server cannot be reached.
    """
    intake: Intake = import_entry(INTAKES, transport, "transport of calls")(url, name, lease=lease)
    return intake


def remove_queue(transport: str, url: str, name: str) -> None:
    """Remove a queue that nobody uses any more, where the server does not do so itself.

    Raises:
        BrokenError: the server cannot be reached.
    """
    if transport in REMOVERS:
        import_entry(REMOVERS, transport, "queue to remove")(url, name)
