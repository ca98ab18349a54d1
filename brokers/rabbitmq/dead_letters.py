"""Dead letters in RabbitMQ: messages that no worker should run are kept in one queue, for a day."""

from __future__ import annotations

from pika import BasicProperties, DeliveryMode

from brokers.rabbitmq.connection.channel import ANSWER_WITHIN
from brokers.rabbitmq.connection.client import connect

QUEUE = "crossover.refused"
SETTINGS = {"x-queue-type": "classic", "x-max-length": 1_000, "x-expires": 86_400_000}


def dead_letter(url: str, name: str, reason: str, queue: str, message: bytes) -> str | None:
    """Keep a message aside; return why that failed, or None.

    It uses a connection of its own: RabbitMQ closes the channel if another program has declared a queue of this name
    with other settings, and the channel of the worker must stay open.

    Args:
        url: of the server.
        name: of the connection.
        reason: why the message was refused.
        queue: where it was found.
        message: as it came.
    """
    properties = BasicProperties(delivery_mode=DeliveryMode.Persistent, headers={"reason": reason, "queue": queue})
    confirmed: list[bool] = []
    try:
        channel = connect(url, name)
        try:
            channel.call(channel.pika.queue_declare, QUEUE, durable=True, arguments=SETTINGS)
            channel.confirm(lambda _, stored: confirmed.append(stored))
            with channel.translate_errors():
                channel.publish(QUEUE, message, properties)
            channel.expect(lambda: confirmed, ANSWER_WITHIN)
        finally:
            channel.close()
    except Exception as error:  # the worker goes on in any case
        return str(error)
    return None if confirmed[0] else "RabbitMQ refused it"
