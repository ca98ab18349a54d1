"""A call that a worker has, as RabbitMQ knows it."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import uuid4

from pika import BasicProperties

from crossover.jobs.remote.job_queue import Delivery
from crossover.jobs.remote.rabbitmq.messages import AGAIN, DEATHS, DELIVERY_COUNT, SAFE


class Answer(NamedTuple):
    """What is published before a call is acknowledged.

    Attributes:
        queue: where to.
        properties: of the message.
        body: of the message.
    """

    queue: str
    properties: BasicProperties
    body: bytes


class Held:
    """A call on this connection.

    Attributes:
        key: executor and number; something else where it has none, or another call has the same.
        tag: of its delivery; None: the connection was lost, and RabbitMQ delivers it again.
        safe: whether it is repeated where its worker has died.
        deaths: how many workers have lost it.
        was_taken: whether a worker had it that has lost its connection.
        again: whether another worker had it.
        answer: what is to be published; None: it is not done.
        in_doubt: whether its executor must say that no worker had begun it.
        content: the message, and the numbers of its executor and call.
        told: the channel over which its executor was told that this worker has it.

    Args:
        method: pika's, of its delivery.
        properties: likewise.
        message: the call.
    """

    def __init__(self, method: Any, properties: Any, message: bytes) -> None:
        headers = properties.headers or {}
        executor, number = properties.reply_to or "", properties.correlation_id or ""
        self.key = (executor, number) if executor and number else ("", uuid4().hex)
        self.tag: int | None = method.delivery_tag
        self.safe = bool(headers.get(SAFE))
        self.deaths = _count(headers.get(DEATHS)) + _count(headers.get(DELIVERY_COUNT))
        self.was_taken = bool(method.redelivered)
        self.again = self.was_taken or bool(headers.get(AGAIN))
        self.answer: Answer | None = None
        self.in_doubt = False
        self.told: object = None
        self.content = message, executor, number

    @property
    def delivery(self) -> Delivery:
        """As it is handed out; it is not kept, as it leads here: only the garbage collector would free both."""
        return Delivery(*self.content, self, self.again)

    def rename(self) -> None:
        """Tell it from another call of its number, which somebody else may have sent."""
        self.key = (self.key[0], uuid4().hex)


def _count(header: Any) -> int:
    return int(header) if isinstance(header, int) and header > 0 else 0  # pika has a subclass of int
