"""Batches as MessagePack, and which messages are refused: any client of the broker can send one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta

from brokers.messages.values import LARGEST, PLAIN, SMALLEST, decode, decode_extension, encode, encode_faithful
from crossover.contract.tasks import Batch
from crossover.contract.text import describe, readable

FORMAT = 1
"""The version of the message format: the first item of each message. A worker reads this one only."""

Natural = Annotated[int, Meta(ge=0, le=2**63 - 1)]
"""An integer that the history of a run can store."""


class Refused(Exception):  # noqa: N818 - an outcome of a message, not an error of this program
    """A message must not be run by this worker."""


class BatchMessage(NamedTuple):
    """A batch on the wire."""

    version: int
    reference: str
    first: Natural
    size: Natural
    payloads: list[Any]


_decode = msgspec.msgpack.Decoder(BatchMessage, ext_hook=decode_extension).decode


class PackedBatch(NamedTuple):
    """Messages that carry a batch, and which of its tasks cannot be sent.

    Attributes:
        messages: (first task, number of tasks, bytes) of each; one, unless something in the batch cannot be sent.
        failed: position in the batch → reason.
    """

    messages: Sequence[tuple[int, int, bytes]]
    failed: Mapping[int, str]


def pack(batch: Batch, reference: str, limit: int) -> PackedBatch:
    """Return the messages that carry a batch; one that is too large for a message is halved until it fits.

    Args:
        batch: the tasks.
        reference: the function to run, as "package.module:function".
        limit: bytes that the broker accepts in one message.
    """
    first, size, payloads = batch
    try:
        message = encode_faithful((FORMAT, reference, first, size, payloads), payloads)
        problem = f"{len(message):,} bytes are over the broker's limit of {limit:,}" if len(message) > limit else ""
    except Exception as error:
        message, problem = b"", f"cannot be sent as MessagePack: {describe(error)}"
    if not problem:
        return PackedBatch([(first, size, message)], {})
    if size == 1:
        return PackedBatch([], {0: problem})
    half = size // 2
    left = pack(Batch(first, half, payloads[:half]), reference, limit)
    right = pack(Batch(first + half, size - half, payloads[half:]), reference, limit)
    failed = {**left.failed, **{half + position: reason for position, reason in right.failed.items()}}
    return PackedBatch([*left.messages, *right.messages], failed)


def pack_one(task: int, payload: Any, reference: str, limit: int) -> bytes | None:
    """Return the message that carries one task with a plain payload; None where `pack` has to look closer.

    Args:
        task: its number.
        payload: of the task.
        reference: the function to run.
        limit: bytes that the broker accepts in one message.
    """
    if type(payload) not in PLAIN:
        return None
    try:
        message = encode((FORMAT, reference, task, 1, (payload,)))
    except (OverflowError, UnicodeEncodeError):  # what MessagePack cannot represent
        return None
    return message if len(message) <= limit else None


def unpack(message: bytes, allowed: str) -> Batch:
    """Return the batch in a message.

    Args:
        message: from any client of the broker.
        allowed: the one function that this worker runs.

    Raises:
        Refused: it is broken, has another format, or requests another function.
    """
    try:
        version, reference, first, size, payloads = _decode(message)
    except Exception as error:
        raise Refused(why_unreadable(message, error)) from error
    if version != FORMAT:
        raise Refused(other_format(version))
    if reference != allowed:
        raise Refused(f"it requests {readable(reference[:80])!r}; this worker runs {allowed!r} only")
    if not 0 < size == len(payloads):
        raise Refused("its numbers contradict each other")
    return Batch(first, size, payloads)


def why_unreadable(message: bytes, error: Exception) -> str:
    """Return why a message could not be decoded: it is broken, or begins with the version of another format."""
    try:
        version = decode(message)[0]
    except Exception:
        version = FORMAT
    other = type(version) is int and version != FORMAT
    return other_format(version) if other else f"it is broken: {describe(error)}"


def other_format(version: int) -> str:
    """Return the reason for refusing a message of another format."""
    if not SMALLEST <= version <= LARGEST:
        return f"its format is no number that MessagePack has; this worker reads format {FORMAT}"  # too long to show
    return f"it has format {version}; this worker reads format {FORMAT}"
