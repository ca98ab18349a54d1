"""Outcomes as MessagePack."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta

from brokers.messages.batches import FORMAT, Natural, Refused, other_format, why_unreadable
from brokers.messages.values import PLAIN, decode_extension, encode_faithful
from crossover.contract.system import Clock
from crossover.contract.tasks import Outcomes
from crossover.contract.text import describe, no_value_hint, readable

LONGEST_REASON = 2_000  # characters of an error; ours are shorter
ERROR_OVERHEAD = 8  # bytes of an error in addition to its text, at most


class OutcomesMessage(NamedTuple):
    """Outcomes on the wire; `first` is -1 where they report that a message was refused."""

    version: int
    first: Annotated[int, Meta(ge=-1, le=2**63 - 1)]
    size: Natural
    values: list[Any]
    errors: dict[int, str]
    worker: Natural
    started: Natural
    finished: Natural


_decode = msgspec.msgpack.Decoder(OutcomesMessage, ext_hook=decode_extension).decode


def pack_outcomes(outcomes: Outcomes, limit: int) -> list[bytes]:
    """Return the messages that carry outcomes; what is too large for one message is halved until it fits.

    A value that cannot be sent becomes an error of its task.

    Args:
        outcomes: of one batch.
        limit: bytes that the broker accepts in one message.
    """
    message = _encode(outcomes)
    if len(message) <= limit:
        return [message]
    first, size, values, errors, *ran = outcomes
    if size == 1:
        reason = f"its value cannot be sent: {len(message):,} bytes are over the broker's limit of {limit:,}"
        return [_encode(Outcomes(first, 1, [None], {0: reason}, *ran))]
    half = size // 2
    left = {position: reason for position, reason in errors.items() if position < half}
    right = {position - half: reason for position, reason in errors.items() if position >= half}
    return [
        *pack_outcomes(Outcomes(first, half, values[:half], left, *ran), limit),
        *pack_outcomes(Outcomes(first + half, size - half, values[half:], right, *ran), limit),
    ]


def pack_result(outcomes: Outcomes, limit: int) -> bytes:
    """Return one message, as Celery needs it; if it is too large, the largest values become errors."""
    message = _encode(outcomes)
    if len(message) <= limit:
        return message
    values, errors = list(outcomes.values), dict(outcomes.errors)
    sizes = {
        position: len(encode_faithful(value, [value]))
        for position, value in enumerate(values)
        if not _why_not_sent(value)
    }
    over = len(message) - limit
    for position in sorted(sizes, key=sizes.__getitem__, reverse=True):
        if over <= 0:
            break
        values[position] = None
        errors[position] = (
            f"its value of {sizes[position]:,} bytes cannot be sent: "
            f"with its batch, {len(message):,} bytes are over the broker's limit of {limit:,}"
        )
        over += len(errors[position]) + ERROR_OVERHEAD - sizes[position]
    return _encode(outcomes._replace(values=values, errors=errors))


def unpack_outcomes(message: bytes) -> Outcomes:
    """Return the outcomes in a message.

    Raises:
        Refused: it is broken, has another format, or contradicts itself.
    """
    try:
        version, first, size, values, errors, worker, started, finished = _decode(message)
    except Exception as error:
        raise Refused(why_unreadable(message, error)) from error
    if version != FORMAT:
        raise Refused(other_format(version))
    if not 0 < size == len(values) or (errors and not errors.keys() <= set(range(size))):
        raise Refused("its numbers contradict each other")
    if errors:
        errors = {place: _shown(reason) for place, reason in errors.items()}
    return Outcomes(first, size, values, errors, worker, started, finished)


def refusal_outcomes(reason: str, worker: int) -> Outcomes:
    """Return the outcomes by which the recorder of a run learns that a message was refused.

    Args:
        reason: why.
        worker: process id of the worker that refused it; 0 for the producer.
    """
    now = Clock.monotonic_ns()
    return Outcomes(-1, 1, [None], {0: reason}, worker, now, now)


def read_outcomes(message: bytes) -> Outcomes:
    """Return the outcomes in a message; where it is refused, outcomes that tell the recorder so."""
    try:
        return unpack_outcomes(message)
    except Refused as refused:
        return refusal_outcomes(f"an outcome was refused: {refused}", 0)


def _encode(outcomes: Outcomes) -> bytes:
    """Return the message that carries outcomes, however long; a value that cannot be sent becomes an error."""
    try:
        return encode_faithful((FORMAT, *outcomes), outcomes.values)
    except Exception:
        failed = {
            position: problem for position, value in enumerate(outcomes.values) if (problem := _why_not_sent(value))
        }
        try:
            return _encode_without(failed, outcomes)
        except RecursionError as error:  # one is nested too deeply for what another one needs
            problem = f"cannot be sent as MessagePack: {describe(error)}"
            nested = {place: problem for place, value in enumerate(outcomes.values) if type(value) not in PLAIN}
            return _encode_without({**nested, **failed}, outcomes)


def _encode_without(failed: Mapping[int, str], outcomes: Outcomes) -> bytes:
    values = [None if position in failed else value for position, value in enumerate(outcomes.values)]
    return encode_faithful((FORMAT, *outcomes._replace(values=values, errors={**outcomes.errors, **failed})), values)


def _shown(reason: str) -> str:
    """Return an error as it may be shown: a worker sends it so, but anybody may have sent this one."""
    return readable(reason[:LONGEST_REASON])


def _why_not_sent(value: Any) -> str | None:
    """Return why a value cannot be sent, or None."""
    try:
        encode_faithful([[[[[[value]]]]]], [value])  # one that is nested too deeply is so in a message, too
    except Exception as error:
        return f"cannot be sent as MessagePack: {describe(error)}{no_value_hint(value)}"
    return None
