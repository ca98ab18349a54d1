"""Outcomes as MessagePack."""

from __future__ import annotations

import time
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta

from brokers.messages.batches import FORMAT, Natural, Refused, other_format, why
from brokers.messages.values import encoded, extension, faithful
from crossover.contract.tasks import Outcomes
from crossover.contract.text import describe

BESIDES = 8  # bytes of an error beside its text, at most


class Done(NamedTuple):
    """Outcomes on the wire; `first` is -1 where they tell of a message that was refused."""

    form: int
    first: Annotated[int, Meta(ge=-1, le=2**63 - 1)]
    size: Natural
    values: list[Any]
    errors: dict[int, str]
    worker: Natural
    started: Natural
    finished: Natural


_done = msgspec.msgpack.Decoder(Done, ext_hook=extension).decode


def pack_outcomes(outcomes: Outcomes, limit: int) -> list[bytes]:
    """Return the messages that carry outcomes; what is too large for one message is halved until it fits.

    A value that cannot travel becomes an error of its task.
    """
    message = _written(outcomes)
    if len(message) <= limit:
        return [message]
    first, size, values, errors, *ran = outcomes
    if size == 1:
        reason = f"its value cannot be sent: {len(message):,} bytes are over the broker's limit of {limit:,}"
        return [_written(Outcomes(first, 1, [None], {0: reason}, *ran))]
    half = size // 2
    left = {position: reason for position, reason in errors.items() if position < half}
    right = {position - half: reason for position, reason in errors.items() if position >= half}
    return [
        *pack_outcomes(Outcomes(first, half, values[:half], left, *ran), limit),
        *pack_outcomes(Outcomes(first + half, size - half, values[half:], right, *ran), limit),
    ]


def pack_result(outcomes: Outcomes, limit: int) -> bytes:
    """Return the one message that Celery has room for; where it is too large, the largest values become errors."""
    message = _written(outcomes)
    if len(message) <= limit:
        return message
    values, errors = list(outcomes.values), dict(outcomes.errors)
    sizes = {position: len(encoded(value)) for position, value in enumerate(values) if not _problem(value)}
    over = len(message) - limit
    for position in sorted(sizes, key=sizes.__getitem__, reverse=True):
        if over <= 0:
            break
        values[position] = None
        errors[position] = (
            f"its value of {sizes[position]:,} bytes cannot be sent: "
            f"with its batch, {len(message):,} bytes are over the broker's limit of {limit:,}"
        )
        over += len(errors[position]) + BESIDES - sizes[position]
    return _written(outcomes._replace(values=values, errors=errors))


def unpack_outcomes(message: bytes) -> Outcomes:
    """Return the outcomes in a message.

    Raises:
        Refused: it is broken, of another format, or contradicts itself.
    """
    try:
        done = _done(message)
    except Exception as error:
        raise Refused(why(message, error)) from error
    if done.form != FORMAT:
        raise Refused(other_format(done.form))
    if not 0 < done.size == len(done.values) or (done.errors and not done.errors.keys() <= set(range(done.size))):
        raise Refused("its numbers contradict each other")
    return Outcomes(*done[1:])


def refusal_outcomes(reason: str, worker: int) -> Outcomes:
    """Return the outcomes by which the recorder of a run learns that a message was refused.

    Args:
        reason: why.
        worker: process id of the worker that refused it; 0 for the producer.
    """
    now = time.monotonic_ns()
    return Outcomes(-1, 1, [None], {0: reason}, worker, now, now)


def read_outcomes(message: bytes) -> Outcomes:
    """Return the outcomes in a message; where it is refused, outcomes that tell the recorder so."""
    try:
        return unpack_outcomes(message)
    except Refused as refused:
        return refusal_outcomes(f"an outcome was refused: {refused}", 0)


def _written(outcomes: Outcomes) -> bytes:
    """Return the message that carries outcomes, however long; a value that cannot travel becomes an error."""
    try:
        return faithful((FORMAT, *outcomes), outcomes.values)
    except Exception:
        failed = {position: problem for position, value in enumerate(outcomes.values) if (problem := _problem(value))}
        values = [None if position in failed else value for position, value in enumerate(outcomes.values)]
        return encoded((FORMAT, *outcomes._replace(values=values, errors={**outcomes.errors, **failed})))


def _problem(value: Any) -> str:
    try:
        faithful(value, [value])
    except Exception as error:
        return f"cannot be sent as MessagePack: {describe(error)}"
    return ""
