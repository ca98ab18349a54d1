"""celery+redis and celery+rabbitmq."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from brokers.broker_transport import AT_LEAST_ONCE, SAFE_ALONE
from brokers.celery.options import CeleryOptions, CeleryRedisOptions
from brokers.celery.transport import NOTICED_WITHIN, CeleryTransport
from crossover.contract.safety import Delivery, Safety
from crossover.contract.traits import Traits

IMPORTS = ("celery.app.amqp", "celery.app.events", "celery.events.receiver")


class CeleryRedisTransport(CeleryTransport):
    """Celery over Redis: messages in a list, results in a key each and through publish and subscribe.

    At the safe level, the messages of a killed pool process are delivered again at once; those of a worker whose main
    process was killed, after Celery's visibility_timeout (one hour). At least once with a gap: one message is lost if
    the worker is killed, or its connection cut, between BRPOP, which removes it from the list, and storing its copy.

    Options: as every Celery transport, and visibility (seconds, 1 to 86400, of own workers at the safe level; default:
    Celery's hour, checked every 100 s; if set, every second). A task that waits in a worker or runs for longer than
    that is run twice.
    """

    traits = Traits(
        name="celery+redis",
        server="redis",
        guarantees={
            **SAFE_ALONE,
            Safety.SAFE: replace(AT_LEAST_ONCE, delivery=Delivery.WITH_A_GAP, survives_broker=False),
        },
        level_settings={
            Safety.FAST: (
                "acknowledged before the work, no copy is kept of what a worker has taken (ack_emulation off); a "
                "private server writes nothing to disk"
            ),
            Safety.DEFAULT: (
                "nothing is set: Celery acknowledges before the work; append-only file synced every second"
            ),
            Safety.SAFE: (
                "task_acks_late, task_reject_on_worker_lost until three processes have died of a message; append-only "
                "file synced before each reply"
            ),
        },
        options_type=CeleryRedisOptions,
        worker_parent=True,
        resumable=True,
    )
    imports = (*IMPORTS, "brokers.celery.over_redis", "celery.backends.redis", "kombu.transport.redis")

    def __init__(self, options: Any, safety: Safety, server_address: str = "") -> None:
        super().__init__(options, safety, server_address)
        if safety is Safety.SAFE and options.visibility:
            self.visibility = options.visibility
            self.redelivery = options.visibility + NOTICED_WITHIN


class CeleryRabbitmqTransport(CeleryTransport):
    """Celery over RabbitMQ: a queue of tasks, results in one queue of the producer's (rpc://).

    At every level the prefetch count is for the consumer, not for the channel, because of RabbitMQ 4.3.
    """

    traits = Traits(
        name="celery+rabbitmq",
        server="rabbitmq",
        guarantees=SAFE_ALONE,
        level_settings={
            Safety.FAST: "acknowledged before the work, transient messages",
            Safety.DEFAULT: (
                "nothing is set: Celery acknowledges before the work, persistent messages in a classic queue, "
                "transient results, nothing is confirmed"
            ),
            Safety.SAFE: (
                "task_acks_late, task_reject_on_worker_lost until three processes have died of a message, a quorum "
                "queue, confirm_publish (one round trip per message, also in the worker), persistent results"
            ),
        },
        options_type=CeleryOptions,
        worker_parent=True,
        resumable=True,
    )
    imports = (*IMPORTS, "brokers.celery.over_rabbitmq", "celery.backends.rpc", "kombu.transport.pyamqp")
