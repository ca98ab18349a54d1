"""Batches as MessagePack, and what is refused of the messages that come from anybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta

from brokers.messages.values import decode, extension, faithful
from crossover.contract.tasks import Batch
from crossover.contract.text import describe

FORMAT = 1
"""The first thing in each message; a worker reads this format only."""

Natural = Annotated[int, Meta(ge=0, le=2**63 - 1)]
"""What the history of a run has room for."""


class Refused(Exception):  # noqa: N818 - it is what happened to a message, not an error of ours
    """A message is not for this worker."""


class Task(NamedTuple):
    """A batch on the wire."""

    form: int
    reference: str
    first: Natural
    size: Natural
    payloads: list[Any]


_task = msgspec.msgpack.Decoder(Task, ext_hook=extension).decode


class Packed(NamedTuple):
    """Messages that carry a batch, and which tasks cannot travel.

    Attributes:
        messages: (first task, tasks, bytes) of each; one, unless something in the batch cannot travel.
        failed: position in the batch → reason.
    """

    messages: Sequence[tuple[int, int, bytes]]
    failed: Mapping[int, str]


def pack(batch: Batch, reference: str, limit: int) -> Packed:
    """Return the messages that carry a batch; what is too large for one message is halved until it fits.

    Args:
        batch: the tasks.
        reference: the function to run, as "package.module:function".
        limit: bytes that the broker takes in one message.
    """
    first, size, payloads = batch
    try:
        message = faithful((FORMAT, reference, first, size, payloads), payloads)
        problem = f"{len(message):,} bytes are over the broker's limit of {limit:,}" if len(message) > limit else ""
    except Exception as error:
        message, problem = b"", f"cannot be sent as MessagePack: {describe(error)}"
    if not problem:
        return Packed([(first, size, message)], {})
    if size == 1:
        return Packed([], {0: problem})
    half = size // 2
    left = pack(Batch(first, half, payloads[:half]), reference, limit)
    right = pack(Batch(first + half, size - half, payloads[half:]), reference, limit)
    failed = {**left.failed, **{half + position: reason for position, reason in right.failed.items()}}
    return Packed([*left.messages, *right.messages], failed)


def unpack(message: bytes, allowed: str) -> Batch:
    """Return the batch in a message.

    Args:
        message: from anybody.
        allowed: the one function that this worker runs.

    Raises:
        Refused: it is broken, of another format, or asks for something else.
    """
    try:
        form, reference, first, size, payloads = _task(message)
    except Exception as error:
        raise Refused(why(message, error)) from error
    if form != FORMAT:
        raise Refused(other_format(form))
    if reference != allowed:
        raise Refused(f"it requests {reference[:80]!r}; this worker runs {allowed!r} only")
    if not 0 < size == len(payloads):
        raise Refused("its numbers contradict each other")
    return Batch(first, size, payloads)


def why(message: bytes, error: Exception) -> str:
    """Return why a message could not be read; what another version wrote has another number at its beginning."""
    try:
        form = decode(message)[0]
    except Exception:
        form = FORMAT
    return other_format(form) if type(form) is int and form != FORMAT else f"it is broken: {describe(error)}"


def other_format(form: int) -> str:
    """Return the sentence about a message of another version."""
    return f"it has format {form}; this worker reads format {FORMAT}"
