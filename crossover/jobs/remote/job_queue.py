"""What an executor and a worker need of a broker: one module for each broker has both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from crossover.jobs.errors import BrokerLostError, CallRefusedError


class Sending(NamedTuple):
    """A call that is to be sent.

    Attributes:
        call: its message.
        number: of the call.
    """

    call: bytes
    number: str


def refuse_too_large(calls: Iterable[Sending], limit: int, server: str) -> None:
    """Refuse calls that a server would not accept: it would close the connection each time they are sent.

    Args:
        calls: that are to be sent.
        limit: bytes of one.
        server: whose limit that is.

    Raises:
        ValueError: one is larger.
    """
    for call, _ in calls:
        if len(call) > limit:
            raise ValueError(f"a call of {len(call):,} bytes is over the limit of {server}, {limit:,}")


class Delivery(NamedTuple):
    """A call that a worker has taken.

    Attributes:
        call: its message.
        reply_to: the name of the queue of its outcome.
        number: of the call.
        tag: what the broker needs to acknowledge it.
        redelivered: whether another worker had it, too.
    """

    call: bytes
    reply_to: str
    number: str
    tag: object
    redelivered: bool


class Answer(NamedTuple):
    """The outcome of a call that a worker has done.

    Attributes:
        delivery: of the call.
        outcome: its message.
    """

    delivery: Delivery
    outcome: bytes


class Lost(NamedTuple):
    """A call that nobody will answer.

    Attributes:
        number: of the call.
        reason: in words.
        error: what its future fails with.
    """

    number: str
    reason: str
    error: type[BrokerLostError | CallRefusedError] = BrokerLostError


class JobQueue(Protocol):
    """The producer's side: one for each executor. Its methods may come from different threads."""

    @property
    def reply_to(self) -> str:
        """The name of the queue of its outcomes: it is part of each call."""
        ...

    @property
    def names(self) -> Sequence[str]:
        """What the server has of this queue: queues and exchanges by name; in Redis, what keys begin with."""
        ...

    def send(self, call: bytes, number: str) -> None:
        """Give a call to the server, which has accepted it when this returns.

        Raises:
            BrokenError: the server cannot be reached, or refuses it.
        """
        ...

    def send_many(self, calls: Sequence[Sending]) -> int:
        """Give calls to the server, in order; return how many of them it has accepted, from the first: one at least.

        Args:
            calls: one or more.

        Raises:
            BrokenError: the server cannot be reached, or refuses; it is not known whether it has some of them.
        """
        ...

    def receive(self, timeout: float) -> list[bytes]:
        """Return the outcomes and notes that have come; after a number of seconds, none.

        Raises:
            BrokenError: the server cannot be reached.
        """
        ...

    def lost(self) -> list[Lost]:
        """Return the calls that nobody will answer, each once; `receive` finds them."""
        ...

    def withdraw(self, number: str) -> bool:
        """Take back a call that no worker has taken; return whether it was taken back."""
        ...

    def workers(self) -> int:
        """Return how many workers serve the queue of calls now.

        Raises:
            BrokenError: the server cannot be reached.
        """
        ...

    def close(self, *, with_calls: bool = False) -> None:
        """Remove what this executor has created on the server, and disconnect.

        Args:
            with_calls: remove the queue of calls, too: nobody else uses it.
        """
        ...


class Intake(Protocol):
    """The worker's side: one for each `crossover worker`; its methods may come from different threads.

    After a BrokenError the next call connects again, and it still knows what it holds.
    """

    def take(self, room: int, timeout: float, together: int = 1) -> list[Delivery]:
        """Return at most `room` calls; after a number of seconds, none.

        Args:
            room: as above.
            timeout: in seconds.
            together: how many calls in a message are welcome, where each is a message otherwise.

        Raises:
            BrokenError: the server cannot be reached.
        """
        ...

    def reply(self, delivery: Delivery, outcome: bytes) -> None:
        """Store an outcome, and acknowledge its call afterwards, as the safety level says."""
        ...

    def reply_many(self, answers: Sequence[Answer]) -> None:
        """Store outcomes, and acknowledge the call of each afterwards; after an error, all may be stored again."""
        ...

    def begun(self, delivery: Delivery, note: bytes) -> None:
        """Store the note that a call has begun; it acknowledges nothing."""
        ...

    def give_back(self, *deliveries: Delivery) -> None:
        """Return calls to the broker, for other workers; those that came first are taken first again."""
        ...

    def refuse(self, delivery: Delivery, reason: str) -> None:
        """Keep a call aside that must not be run, with the reason: it is done by nobody."""
        ...

    def beat(self) -> None:
        """Keep what it holds, where the server would give it to another worker after a while."""
        ...

    def close(self) -> None:
        """Give back what it holds, and disconnect."""
        ...
