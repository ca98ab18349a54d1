"""A queue of calls that accepts nothing."""

from __future__ import annotations

from brokers.rabbitmq.connection.client import connect
from brokers.rabbitmq.inbox import PATIENCE
from crossover.jobs.remote.rabbitmq.messages import CALLS


def remove_if_empty(url: str, queue: str) -> None:
    """Remove a queue that nobody else uses, unless RabbitMQ knows of messages in it: then it has a leader.

    A quorum queue has none for ever where its server was killed within a second of its creation: RabbitMQ 3.10 writes
    down half a second later which data belongs to it (ra_directory.erl), and otherwise begins without any, as if others
    of its cluster were to elect a leader. It takes RabbitMQ five seconds to remove it.

    Args:
        url: of the server.
        queue: its name.

    Raises:
        BrokenError: the server cannot be reached, or does not answer in time.
    """
    channel = connect(url, f"{queue}.repair", patience=PATIENCE)
    try:
        if not channel.call(channel.pika.queue_declare, queue, durable=True, arguments=CALLS).method.message_count:
            channel.call(channel.pika.queue_delete, queue)
    finally:
        channel.close()
