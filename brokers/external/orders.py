"""What a producer and a `crossover worker` tell each other about a run; the keys stay the same in later versions.

An order goes to all workers that listen at a server. Each answers with its status, as brokers/external/control.py lists
it. A password is in neither: a worker reaches the server of the run as it reached it before.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from brokers.messages import decode, encode


class Run(msgspec.Struct, frozen=True):
    """A run that workers serve.

    Attributes:
        transport: as its URL has it, without a server: name and options.
        safety: the level.
        run: its name.
        reference: the function that runs tasks.
    """

    transport: str
    safety: str
    run: str
    reference: str


class Order(msgspec.Struct):
    """What a producer wants of all workers.

    Attributes:
        number: of the order; the answers have it, too.
        reply_to: where answers go.
        producer: name of the producer that wants the workers for itself.
        seconds: for how long, from now on; 0: it releases them.
        reference: the function that it wants to run.
        shares: name of a worker → processes that it is to have for the run; one that is not named is left as it is.
        run: what these processes serve.
    """

    number: str
    reply_to: str
    producer: str
    seconds: float
    reference: str
    shares: dict[str, int] = msgspec.field(default_factory=dict)
    run: Run | None = None


class Caller(Protocol):
    """The producer's side: reaches all workers that listen at a server. Each method may raise BrokenError.

    Attributes:
        reply_to: where answers go.
    """

    reply_to: str

    def send(self, message: bytes) -> int | None:
        """Send to all; return how many hear it, None if the server does not tell."""
        ...

    def receive(self, timeout: float) -> bytes | None:
        """Return an answer; after a number of seconds, None."""
        ...

    def close(self) -> None:
        """Disconnect."""
        ...


class Listener(Protocol):
    """The worker's side. Each method may raise BrokenError."""

    def receive(self, timeout: float) -> bytes | None:
        """Return a message for all workers; after a number of seconds, None."""
        ...

    def reply(self, reply_to: str, message: bytes) -> None:
        """Send an answer."""
        ...

    def close(self) -> None:
        """Disconnect."""
        ...


_read_order = msgspec.msgpack.Decoder(Order).decode


def encode_order(order: Order) -> bytes:
    """Return an order as it is sent."""
    return msgspec.msgpack.encode(order)


def decode_order(message: bytes) -> Order | None:
    """Return an order; None for what is none: anybody can send something."""
    try:
        return _read_order(message)
    except msgspec.MsgspecError:
        return None


def encode_answer(number: str, worker: str, status: Mapping[str, Any]) -> bytes:
    """Return the answer of a worker to an order, as it is sent."""
    return encode((number, worker, status))


def decode_answer(message: bytes, number: str) -> tuple[str, dict[str, Any]] | None:
    """Return name and status of a worker; None for what is no answer to the order with this number."""
    try:
        order, worker, status = decode(message)
    except (msgspec.MsgspecError, TypeError, ValueError):
        return None
    if order != number or not isinstance(worker, str) or not isinstance(status, dict):
        return None
    return worker, status
