"""Batches and outcomes as MessagePack: all that crosses a network. Data, never code: nothing here can run anything.

    producer  pack ─► bytes ─► unpack  worker  pack_outcomes ─► bytes ─► unpack_outcomes  producer

What MessagePack has no word for (a lock, an object of a class) is refused by name. Tuples and sets arrive as lists.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from crossover.contract.tasks import Batch, Outcomes
from crossover.workers.loop import describe

FORMAT = 1
"""The first thing in each message; a worker reads this format only."""

LARGE_INTEGER, ODD_TEXT, ODD_KEYS = 1, 2, 3
"""Our MessagePack extensions: beyond 64 bits; lone surrogates, as in odd names of files; a dict with such keys."""

SMALL = range(-(2**63), 2**64)
SURROGATE = re.compile("[\ud800-\udfff]")


class Refused(Exception):  # noqa: N818 - it is what happened to a message, not an error of ours
    """A message is not for this worker."""


class Task(NamedTuple):
    """A batch on the wire."""

    form: int
    reference: str
    first: int
    size: int
    payloads: list[Any]


class Done(NamedTuple):
    """Outcomes on the wire."""

    form: int
    first: int
    size: int
    values: list[Any]
    errors: dict[int, str]
    worker: int
    started: int
    finished: int


def _extension(code: int, data: memoryview) -> Any:
    if code == LARGE_INTEGER:
        return int.from_bytes(data, "big", signed=True)
    if code == ODD_TEXT:
        return bytes(data).decode("utf-8", "surrogatepass")
    if code == ODD_KEYS:
        return {_hashable(key): item for key, item in decode(data)}
    raise ValueError(f"unknown extension {code}")


encode = msgspec.msgpack.Encoder().encode
_task = msgspec.msgpack.Decoder(Task, ext_hook=_extension).decode
_done = msgspec.msgpack.Decoder(Done, ext_hook=_extension).decode
decode = msgspec.msgpack.Decoder(ext_hook=_extension).decode


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
        message = encoded((FORMAT, reference, first, size, payloads))
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
        raise Refused(_why(message, error)) from error
    if form != FORMAT:
        raise Refused(_other_format(form))
    if reference != allowed:
        raise Refused(f"it asks for {reference[:80]!r}; this worker runs {allowed!r} only")
    if not 0 < size == len(payloads) or first < 0:
        raise Refused("its numbers contradict each other")
    return Batch(first, size, payloads)


def pack_outcomes(outcomes: Outcomes, limit: int) -> bytes:
    """Return the message that carries outcomes; a value that cannot travel becomes an error of its task."""
    try:
        message = encoded((FORMAT, *outcomes))
    except Exception:
        failed = {position: problem for position, value in enumerate(outcomes.values) if (problem := _problem(value))}
        values = [None if position in failed else value for position, value in enumerate(outcomes.values)]
        message = encoded((FORMAT, *outcomes._replace(values=values, errors={**outcomes.errors, **failed})))
    if len(message) > limit:
        reason = f"its value cannot be sent: {len(message):,} bytes are over the broker's limit of {limit:,}"
        nothing, errors = [None] * outcomes.size, dict.fromkeys(range(outcomes.size), reason)
        message = encode((FORMAT, *outcomes._replace(values=nothing, errors=errors)))
    return message


def unpack_outcomes(message: bytes) -> Outcomes:
    """Return the outcomes in a message.

    Raises:
        Refused: it is broken, of another format, or contradicts itself.
    """
    try:
        done = _done(message)
    except Exception as error:
        raise Refused(_why(message, error)) from error
    if done.form != FORMAT:
        raise Refused(_other_format(done.form))
    if not 0 < done.size == len(done.values) or (done.errors and not done.errors.keys() <= set(range(done.size))):
        raise Refused("its numbers contradict each other")
    return Outcomes(*done[1:])


def encoded(thing: Any) -> bytes:
    """Return MessagePack; large integers and lone surrogates, which it cannot say, as extensions of ours."""
    try:
        return encode(thing)
    except (OverflowError, UnicodeEncodeError):
        return encode(_sayable(thing))


def _sayable(thing: Any) -> Any:
    match thing:
        case bool():
            return thing
        case int() if thing not in SMALL:
            data = thing.to_bytes(thing.bit_length() // 8 + 1, "big", signed=True)
            return msgspec.msgpack.Ext(LARGE_INTEGER, data)
        case str() if SURROGATE.search(thing):
            data = thing.encode("utf-8", "surrogatepass")
            return msgspec.msgpack.Ext(ODD_TEXT, data)
        case list() | tuple() | set() | frozenset():
            return [_sayable(item) for item in thing]
        case dict():
            return _sayable_dict(thing)
    return thing


def _sayable_dict(thing: Mapping[Any, Any]) -> Any:
    pairs = [(_sayable(key), _sayable(item)) for key, item in thing.items()]
    if any(isinstance(key, list | msgspec.msgpack.Ext) for key, _ in pairs):
        return msgspec.msgpack.Ext(ODD_KEYS, encode(pairs))
    return dict(pairs)


def _hashable(key: Any) -> Any:
    """Return a key as MessagePack gives it back: an array is a tuple."""
    return tuple(map(_hashable, key)) if isinstance(key, list) else key


def _problem(value: Any) -> str:
    try:
        encoded(value)
    except Exception as error:
        return f"cannot be sent as MessagePack: {describe(error)}"
    return ""


def _why(message: bytes, error: Exception) -> str:
    """Return why a message could not be read; what another version wrote has another number at its beginning."""
    try:
        form = decode(message)[0]
    except Exception:
        form = FORMAT
    return _other_format(form) if type(form) is int and form != FORMAT else f"it is broken: {describe(error)}"


def _other_format(form: int) -> str:
    return f"it has format {form}; this worker reads format {FORMAT}"
