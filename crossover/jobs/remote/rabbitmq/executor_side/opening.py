"""The channel of an executor, and a queue of calls that accepts nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from brokers.rabbitmq.connection.channel import RabbitmqChannel
from brokers.rabbitmq.connection.client import connect
from brokers.rabbitmq.inbox import PATIENCE
from crossover.jobs.remote.rabbitmq.messages import CALLS, OUTCOMES, Names


def open_channel(
    url: str,
    names: Names,
    executor: str,
    on_message: Callable[..., None],
    on_confirmed: Callable[[Any, bool], None],
    on_returned: Callable[..., None],
) -> RabbitmqChannel:
    """Connect an executor, and make its queues.

    Args:
        url: of the server.
        names: of queues.
        executor: its name.
        on_message: called with the channel and what comes for it.
        on_confirmed: called with the label of what was published, and whether RabbitMQ has stored it.
        on_returned: called with the channel and what RabbitMQ has no queue for.

    Raises:
        BrokenError: the server cannot be reached, or refuses.
    """
    outcomes = names.outcomes(executor)
    channel = connect(url, f"{names.calls}.executor")
    try:
        channel.confirm(on_confirmed)
        channel.pika.add_on_return_callback(partial(on_returned, channel))
        for queue, arguments in ((names.calls, CALLS), (outcomes, OUTCOMES)):
            channel.call(channel.pika.queue_declare, queue, durable=True, arguments=arguments)
        channel.call(channel.pika.basic_consume, outcomes, partial(on_message, channel))
    except BaseException:
        channel.close()
        raise
    return channel


def remove_if_empty(url: str, queue: str) -> None:
    """Remove a queue in which nothing waits, and that nobody else uses; see decision 42.

    A quorum queue has no leader for ever where its server was killed within a second of its creation: RabbitMQ 3.10
    writes down half a second later which data belongs to it (ra_directory.erl), and otherwise begins without any, as if
    others of its cluster were to elect a leader. It takes RabbitMQ five seconds to remove it.

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
