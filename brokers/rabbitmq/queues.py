"""The queues of a run in RabbitMQ, and why nothing comes out of one."""

from __future__ import annotations

from typing import Any

from pika import BasicProperties, DeliveryMode

from brokers.rabbitmq.connection.client import connect
from crossover.contract.errors import BrokenError
from crossover.contract.safety import Safety

UNUSED_FOR = 600_000  # milliseconds after which RabbitMQ removes a queue that a killed run has left
BLOCKED_WITHIN = 0.5  # seconds after a publish in which RabbitMQ says that it takes none


class Queues:
    """The queues of a run. They are durable at every level: RabbitMQ 4.3 refuses others that are not exclusive.

    Attributes:
        run: name of the run.
        safety: the level.
        tasks: queue of tasks.
        outcomes: queue of outcomes.
        candidates: queue of poison candidates, which dead workers had taken; at the safe level only.
        names: of all of them.
        settings: arguments of `queue_declare`.
        properties: of the messages in them; transient at the fast level.
    """

    def __init__(self, run: str, safety: Safety) -> None:
        self.run = run
        self.safety = safety
        self.tasks = f"crossover.{run}.tasks"
        self.outcomes = f"crossover.{run}.outcomes"
        self.candidates = f"crossover.{run}.left"
        self.names = (self.tasks, self.outcomes, *([self.candidates] if safety is Safety.SAFE else []))
        self.settings = {
            "x-queue-type": "quorum" if safety is Safety.SAFE else "classic",
            "x-expires": UNUSED_FOR,
        }
        transient = safety is Safety.FAST
        self.properties = BasicProperties(
            delivery_mode=DeliveryMode.Transient if transient else DeliveryMode.Persistent
        )


def why_silent(url: str, queue: str) -> str:
    """Return why workers get no messages from a queue, in words.

    Args:
        url: of the server.
        queue: its name.
    """
    frames: list[Any] = []
    try:
        channel = connect(url, "crossover.silence")
        try:
            channel.publish(f"{queue}.none", b"", BasicProperties())  # no queue takes it: only a publisher is blocked
            if channel.wait(lambda: channel.blocked, BLOCKED_WITHIN):
                return f"RabbitMQ: {channel.blocked}"
            channel.pika.queue_declare(queue, passive=True, callback=frames.append)
            channel.expect(lambda: frames, BLOCKED_WITHIN * 4)
        finally:
            channel.close()
    except BrokenError as error:  # the queue does not exist, or there is no connection
        return str(error)
    waiting, consumers = frames[0].method.message_count, frames[0].method.consumer_count
    if not waiting:
        return (
            "no task waits in RabbitMQ any more: they were purged, have expired, or a policy has dropped them "
            "(max-length, message-ttl; rabbitmqctl list_policies), unless workers have taken them and do not answer"
        )
    return f"RabbitMQ holds {waiting:,} messages, and {consumers:,} consumers take none of them"
