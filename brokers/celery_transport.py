"""celery+redis and celery+rabbitmq."""

from __future__ import annotations

from brokers.celery_run import CeleryTransport
from brokers.celery_settings import overruled


class CeleryRedisTransport(CeleryTransport):
    """Celery over Redis: messages in a list, results in a key each and through publish and subscribe.

    fast: acknowledged early, no copy of what is under way is kept (ack_emulation off), a private server writes nothing
    to disk. default: nothing set; Celery acknowledges before the work; append-only file synced every second. safe:
    task_acks_late, task_reject_on_worker_lost; append-only file synced before each answer. What a killed process had
    comes back at once; what a killed worker had, after Celery's visibility_timeout (one hour).
    """

    name = "celery+redis"
    server = "redis"

    @classmethod
    def unusable(cls, place: str = "") -> str | None:
        """Return why no Redis can be used there, or None where one can."""
        from brokers.redis_client import unusable  # noqa: PLC0415 - a client library, imported on use

        return overruled() or unusable(place)

    def facts(self, url: str) -> str:
        """Return version and persistence of the server."""
        from brokers.redis_client import facts  # noqa: PLC0415

        return facts(url)


class CeleryRabbitmqTransport(CeleryTransport):
    """Celery over RabbitMQ: a queue of tasks, results in one queue of the producer's (rpc://).

    fast: acknowledged early, transient messages. default: nothing set; Celery acknowledges before the work, persistent
    messages in a classic queue, transient results, nothing confirmed. safe: task_acks_late, task_reject_on_worker_lost,
    a quorum queue, confirm_publish (one round trip per message, in the worker, too), persistent results.

    Set at every level, because of RabbitMQ 4.3: the prefetch count is for the consumer, not for the channel.
    """

    name = "celery+rabbitmq"
    server = "rabbitmq"

    @classmethod
    def unusable(cls, place: str = "") -> str | None:
        """Return why no RabbitMQ can be used there, or None where one can."""
        from brokers.rabbitmq_client import unusable  # noqa: PLC0415

        return overruled() or unusable(place)

    def facts(self, url: str) -> str:
        """Return the version of the server."""
        from brokers.rabbitmq_client import facts  # noqa: PLC0415

        return facts(url)
