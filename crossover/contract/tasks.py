"""What travels: batches of tasks one way, outcomes the other."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Any, NamedTuple

Task = tuple[int, Any]
"""A task that travels alone: its number, and its payload. The shortest message; it is no object of ours, since making
one for each message would cost as much as carrying it."""

Done = tuple[int, Any]
"""What came back of a task that travelled alone: its number, and its value; there was no error, and no time stamp was
taken. The shortest outcome."""


class Batch(NamedTuple):
    """Consecutive tasks in one message: task `first + i` carries `payloads[i]`.

    Attributes:
        first: number of the first task.
        size: how many tasks.
        payloads: one per task.
    """

    first: int
    size: int
    payloads: list[Any]


class Outcomes(NamedTuple):
    """What came back for one delivery of a batch of tasks.

    Attributes:
        first: number of the first task.
        size: how many tasks.
        values: one per task; None where the task failed.
        errors: position in the batch → "Type: message", for tasks that failed.
        worker: process id of the worker.
        started: when the worker began, in nanoseconds of the monotonic clock; 0: no time stamps were taken.
        finished: when the worker had run the last task of the batch, likewise.
    """

    first: int
    size: int
    values: list[Any]
    errors: Mapping[int, str]
    worker: int
    started: int
    finished: int


class Receipt(IntEnum):
    """What became of the submission of a task; the number stands in the history and in the ledger."""

    ACCEPTED = 0  # the history begins with zeros: a task that was accepted costs nothing
    REFUSED = 1
    UNKNOWN = 2


class Submission(NamedTuple):
    """What became of a submitted batch, as far as it is known when `submit` returns.

    Attributes:
        receipt: of the tasks that are not in `refused`; UNKNOWN: `Transport.receipts` will tell, if anything does.
        refused: position in the batch → reason, for tasks that were refused and will never run.
    """

    receipt: Receipt
    refused: Mapping[int, str]


ALL_ACCEPTED = Submission(Receipt.ACCEPTED, {})
ALL_UNKNOWN = Submission(Receipt.UNKNOWN, {})


class LateReceipt(NamedTuple):
    """What became of tasks whose receipt was unknown when `submit` returned.

    Attributes:
        first: number of the first task.
        size: how many tasks.
        receipt: of all of them.
        reason: why they were refused; empty if they were not.
    """

    first: int
    size: int
    receipt: Receipt
    reason: str = ""


NO_ERRORS: Mapping[int, str] = {}


def as_outcomes(found: Outcomes | Done) -> Outcomes:
    """Return what came back as outcomes; of a task that travelled alone, without a worker and without time stamps."""
    if isinstance(found, Outcomes):
        return found
    task, value = found
    return Outcomes(task, 1, [value], NO_ERRORS, 0, 0, 0)
