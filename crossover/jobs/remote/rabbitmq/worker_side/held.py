"""Calls that a worker has, and the messages that they came with, as RabbitMQ knows them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import uuid4

from pika import BasicProperties

from brokers.rabbitmq.connection.channel import RabbitmqChannel
from crossover.jobs.remote.job_queue import Delivery
from crossover.jobs.remote.rabbitmq.messages import AGAIN, DEATHS, DELIVERY_COUNT, SAFE, Kind, decode_several


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
        ended: the identities of those that have.

    Args:
        tag: as above.
        calls: how many there are in it.
    """

    __slots__ = ("ended", "open", "tag")

    def __init__(self, tag: int, calls: int) -> None:
        self.tag, self.open = tag, calls
        self.ended: list[tuple[str, str, int]] = []


class Facts(NamedTuple):
    """What is true of all calls in a message; see Held."""

    safe: bool
    deaths: int
    was_taken: bool
    copies: int
    has_company: bool


class Held:
    """A call on this connection.

    Attributes:
        key: executor and number; something else where it has none, or another call has the same.
        parcel: the message that it came with; None: the connection was lost, and RabbitMQ delivers it again.
        safe: whether it is repeated where its worker has died.
        deaths: how many workers have lost it.
        was_taken: whether a worker had it that has lost its connection.
        copies: how often it was given back.
        has_company: whether others came with it.
        answer: what is to be published; None: it is not done.
        in_doubt: whether its executor must say that no worker had begun it.
        asked: the number of the first question in which it was named; 0: there was none.
        content: the message, and the numbers of its executor and call.
        told: the channel over which its executor was told that this worker has it.

    Args:
        content: as above.
        parcel: as above.
        facts: of all calls in it.
    """

    __slots__ = (
        "__weakref__",
        "answer",
        "asked",
        "content",
        "copies",
        "deaths",
        "has_company",
        "in_doubt",
        "key",
        "parcel",
        "safe",
        "told",
        "was_taken",
    )

    def __init__(self, content: tuple[bytes, str, str], parcel: Parcel, facts: Facts) -> None:
        _, executor, number = content
        self.key = (executor, number) if executor and number else ("", uuid4().hex)
        self.parcel: Parcel | None = parcel
        self.safe, self.deaths, self.was_taken, self.copies, self.has_company = facts
        self.answer: Answer | None = None
        self.in_doubt = False
        self.asked = 0
        self.told: object = None
        self.content = content

    @property
    def delivery(self) -> Delivery:
        """As it is handed out; it is not kept, as it leads here: only the garbage collector would free both."""
        return Delivery(*self.content, self, self.was_taken or self.copies > 0)

    @property
    def identity(self) -> tuple[str, str, int]:
        """What it has in common only with itself, when it is delivered again: not with a copy that was given back."""
        return *self.key, self.copies

    @property
    def is_given_back(self) -> bool:
        """Whether it is published again: after a lost connection, RabbitMQ delivers the original again, too."""
        return self.answer is not None and self.answer.properties.type == Kind.CALL

    def rename(self) -> None:
        """Tell it from another call of its number, which somebody else may have sent."""
        self.key = (self.key[0], uuid4().hex)


class Parcels:
    """Those of one connection, in the order in which they came."""

    def __init__(self) -> None:
        self._open: dict[int, Parcel] = {}

    def __len__(self) -> int:
        return len(self._open)

    def add(self, parcel: Parcel) -> None:
        """A message has come."""
        self._open[parcel.tag] = parcel

    def lose(self) -> list[tuple[str, str, int]]:
        """The connection is lost; return the identities of the calls that have ended, and will come again."""
        ended = [call for parcel in self._open.values() for call in parcel.ended]
        self._open.clear()
        return ended

    def settle(self, channel: RabbitmqChannel, calls: Iterable[Held]) -> None:
        """Calls have come to their end: acknowledge what had no others, those before which nothing is open at once."""
        done = set()
        for held in calls:
            parcel, held.parcel = held.parcel, None
            if parcel is not None and self._open.get(parcel.tag) is parcel:
                parcel.open -= 1
                parcel.ended.append(held.identity)
                if not parcel.open:
                    done.add(parcel.tag)
        last = 0
        for tag in self._open:
            if tag not in done:
                break
            last = tag
        if last:
            channel.pika.basic_ack(last, multiple=True)
        for tag in sorted(done):
            del self._open[tag]
            if tag > last:
                channel.pika.basic_ack(tag)


def unpack(method: Any, properties: Any, message: bytes) -> tuple[Parcel, list[Held]]:
    """Return a message, and the calls in it.

    Args:
        method: pika's, of its delivery.
        properties: likewise.
        message: its body.
    """
    calls = decode_several(message) if properties.type == Kind.CALLS else []
    calls = calls or [(properties.correlation_id or "", message)]
    headers, executor, was_taken = properties.headers or {}, properties.reply_to or "", bool(method.redelivered)
    deaths = _count(headers.get(DEATHS)) + _count(headers.get(DELIVERY_COUNT))
    facts = Facts(bool(headers.get(SAFE)), deaths, was_taken, _count(headers.get(AGAIN)), len(calls) > 1)
    parcel = Parcel(method.delivery_tag, len(calls))
    return parcel, [Held((call, executor, number), parcel, facts) for number, call in calls]


def _count(header: Any) -> int:
    return int(header) if isinstance(header, int) and header > 0 else 0  # pika has a subclass of int
