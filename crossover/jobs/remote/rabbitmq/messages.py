"""The queues in RabbitMQ, and what their messages say besides their bodies."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import msgspec
from pika import BasicProperties, DeliveryMode

UNUSED_FOR = 600_000  # milliseconds after which RabbitMQ removes the queue of calls, without executors and workers
KEPT_FOR = 60_000  # milliseconds after which it removes the outcomes for an executor that was killed
LONGEST_CALL = 7 * 86_400_000  # milliseconds that a worker may hold a call, from RabbitMQ 3.12 on

CALLS = {"x-queue-type": "quorum", "x-expires": UNUSED_FOR, "x-consumer-timeout": LONGEST_CALL}
OUTCOMES = {"x-queue-type": "classic", "x-expires": KEPT_FOR}
"""Arguments of `queue_declare`."""

SAFE, DEATHS, AGAIN = "crossover-safe", "crossover-deaths", "crossover-again"
REASON, REFUSED = "crossover-reason", "crossover-refused"
TOGETHER = "crossover-together"
DELIVERY_COUNT = "x-delivery-count"
"""Headers."""


class Kind(StrEnum):
    """The type of a message."""

    CALL = "call"
    CALLS = "calls"  # short ones in one message
    # to an executor
    OUTCOMES = "outcomes"  # of some calls
    BEGUN = "begun"
    LOST = "lost"  # nobody will answer this call; headers say why, and whether a worker has refused it
    HELLO = "hello"  # of a worker that does not know what is withdrawn; with calls that others have lost
    HAS = "has"  # what a worker begins, at most once
    BACK = "back"  # what it gives back
    TAKEN = "taken"  # which of the calls that it was asked for a worker has
    DROPPED = "dropped"  # a call that was withdrawn has come to its end
    # to a worker
    KNOWN = "known"  # the answer to hello: all that is withdrawn
    WITHDRAW = "withdraw"
    WHO_HAS = "who-has"  # some calls
    KEEP = "keep"  # is not withdrawn after all, or its withdrawal has come to its end
    GOODBYE = "goodbye"  # the executor ends


class Names:
    """The names of queues.

    Attributes:
        calls: the queue of calls.

    Args:
        name: of the queue of calls, as users give it.
    """

    def __init__(self, name: str) -> None:
        self.calls = f"crossover.jobs.{name}"

    def outcomes(self, executor: str) -> str:
        """Return the queue of the outcomes for an executor."""
        return f"{self.calls}.outcomes.{executor}"

    def control(self, worker: str) -> str:
        """Return the queue of what executors say to a worker."""
        return f"{self.calls}.worker.{worker}"


def properties(kind: Kind, number: str = "", sender: str = "", **headers: Any) -> BasicProperties:
    """Return the properties of a message.

    Args:
        kind: its type.
        number: of its call or question.
        sender: the executor or worker that it comes from.
        **headers: for a call.
    """
    return BasicProperties(
        type=kind,
        correlation_id=number,
        reply_to=sender,
        headers=headers,
        content_type="application/octet-stream",
        delivery_mode=DeliveryMode.Persistent,
    )


def call_properties(
    number: str, executor: str, *, safe: bool, deaths: int = 0, again: int = 0, kind: Kind = Kind.CALL
) -> BasicProperties:
    """Return the properties of a call, or of several.

    Args:
        number: of the call, or of the first one.
        executor: its sender.
        safe: whether it is repeated where its worker has died.
        deaths: how many workers have died that had it, before it was given back.
        again: how often it was given back.
        kind: CALL or CALLS.
    """
    headers = {SAFE: safe, DEATHS: deaths, AGAIN: again}
    return properties(kind, number, executor, **{name: value for name, value in headers.items() if value})


def lost_properties(number: str, worker: str, reason: str, *, refused: bool) -> BasicProperties:
    """Return the properties of the message that nobody will answer a call.

    Args:
        number: of the call.
        worker: that says so.
        reason: in words.
        refused: whether a worker does not do it.
    """
    return properties(Kind.LOST, number, worker, **{REASON: reason} | ({REFUSED: True} if refused else {}))


def why_lost(of: BasicProperties) -> tuple[str, bool]:
    """Return what the properties of such a message say: the reason, and whether a worker has refused the call."""
    said = of.headers or {}
    return str(said.get(REASON, "")), bool(said.get(REFUSED))


def encode_several(messages: Sequence[tuple[str, bytes]]) -> bytes:
    """Return calls or outcomes, each with the number of its call, as a message."""
    return msgspec.msgpack.encode(messages)


def decode_several(body: bytes) -> list[tuple[str, bytes]]:
    """Return calls or outcomes; none where somebody else has sent something."""
    try:
        return msgspec.msgpack.decode(body, type=list[tuple[str, bytes]])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return []


def encode_numbers(numbers: Any) -> bytes:
    """Return numbers of calls as a message."""
    return msgspec.msgpack.encode(list(numbers))


def decode_numbers(body: bytes) -> list[str]:
    """Return numbers of calls; none where somebody else has sent something."""
    try:
        return msgspec.msgpack.decode(body, type=list[str])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return []
