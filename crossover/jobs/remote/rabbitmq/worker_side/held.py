"""A call that a worker has, as RabbitMQ knows it."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import uuid4

from pika import BasicProperties

from crossover.jobs.remote.job_queue import Delivery
from crossover.jobs.remote.rabbitmq.messages import AGAIN, DEATHS, DELIVERY_COUNT, SAFE, Kind, decode_numbered


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


class Parcel:
    """A message with calls: it is acknowledged when all of them have come to their end.

    Attributes:
        tag: of its delivery.
        open: how many have not.
        ended: executor and number of those that have.

    Args:
        tag: as above.
        calls: how many there are in it.
    """

    __slots__ = ("ended", "open", "tag")

    def __init__(self, tag: int, calls: int) -> None:
        self.tag, self.open = tag, calls
        self.ended: list[tuple[str, str]] = []


class Held:
    """A call on this connection.

    Attributes:
        key: executor and number; something else where it has none, or another call has the same.
        parcel: the message that it came with; None: the connection was lost, and RabbitMQ delivers it again.
        safe: whether it is repeated where its worker has died.
        deaths: how many workers have lost it.
        was_taken: whether a worker had it that has lost its connection.
        again: whether another worker had it.
        has_company: whether others came with it.
        answer: what is to be published; None: it is not done.
        in_doubt: whether its executor must say that no worker had begun it.
        content: the message, and the numbers of its executor and call.
        told: the channel over which its executor was told that this worker has it.

    Args:
        parcel: as above.
        redelivered: whether RabbitMQ delivers it again.
        properties: pika's, of the message.
        number: of the call.
        call: the call itself.
    """

    def __init__(self, parcel: Parcel, redelivered: bool, properties: Any, number: str, call: bytes) -> None:  # noqa: FBT001
        headers = properties.headers or {}
        executor = properties.reply_to or ""
        self.key = (executor, number) if executor and number else ("", uuid4().hex)
        self.parcel: Parcel | None = parcel
        self.safe = bool(headers.get(SAFE))
        self.deaths = _count(headers.get(DEATHS)) + _count(headers.get(DELIVERY_COUNT))
        self.was_taken = redelivered
        self.again = self.was_taken or bool(headers.get(AGAIN))
        self.has_company = parcel.open > 1
        self.answer: Answer | None = None
        self.in_doubt = False
        self.told: object = None
        self.content = call, executor, number

    @property
    def delivery(self) -> Delivery:
        """As it is handed out; it is not kept, as it leads here: only the garbage collector would free both."""
        return Delivery(*self.content, self, self.again)

    def rename(self) -> None:
        """Tell it from another call of its number, which somebody else may have sent."""
        self.key = (self.key[0], uuid4().hex)


def unpack(method: Any, properties: Any, message: bytes) -> tuple[Parcel, list[Held]]:
    """Return a message, and the calls in it.

    Args:
        method: pika's, of its delivery.
        properties: likewise.
        message: its body.
    """
    calls = decode_numbered(message) if properties.type == Kind.CALLS else []
    calls = calls or [(properties.correlation_id or "", message)]
    parcel = Parcel(method.delivery_tag, len(calls))
    return parcel, [Held(parcel, bool(method.redelivered), properties, number, call) for number, call in calls]


def _count(header: Any) -> int:
    return int(header) if isinstance(header, int) and header > 0 else 0  # pika has a subclass of int
