"""Where messages are kept in RabbitMQ that no worker of ours should run."""

from __future__ import annotations

from pika import BasicProperties, DeliveryMode

from brokers.rabbitmq.channel import ANSWER_WITHIN
from brokers.rabbitmq.client import ASIDE, ASIDE_SETTINGS, connect


def dead_letter(url: str, who: str, reason: str, queue: str, message: bytes) -> str:
    """Keep a message aside; return why that could not be done, or nothing where it was.

    This takes a connection of its own: RabbitMQ closes the channel where somebody else has made a queue of this name,
    and the worker's must stay open.

    Args:
        url: of the server.
        who: what the connection is called.
        reason: why the message was refused.
        queue: where it was found.
        message: as it came.
    """
    about = BasicProperties(delivery_mode=DeliveryMode.Persistent, headers={"reason": reason, "queue": queue})
    taken: list[bool] = []
    try:
        line = connect(url, who)
        try:
            line.ask(line.channel.queue_declare, ASIDE, durable=True, arguments=ASIDE_SETTINGS)
            line.confirm(lambda _, kept: taken.append(kept))
            with line.carefully():
                line.publish(ASIDE, message, about)
            line.expect(lambda: taken, ANSWER_WITHIN)
        finally:
            line.close()
    except Exception as error:  # the worker goes on in any case
        return str(error)
    return "" if taken[0] else "RabbitMQ refused it"
