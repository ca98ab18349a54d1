"""What travels: batches of tasks one way, outcomes the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


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
    """What came back for one delivery of a batch.

    Attributes:
        first: number of the first task.
        size: how many tasks.
        values: one per task; None where the task failed.
        errors: position in the batch → "Type: message", for tasks that failed.
        worker: process id of who ran it.
        started: when the worker began, in nanoseconds of the monotonic clock.
        finished: when the worker had run the last task of the batch, likewise.
    """

    first: int
    size: int
    values: list[Any]
    errors: Mapping[int, str]
    worker: int
    started: int
    finished: int


class Receipt(NamedTuple):
    """What became of a submitted batch, as far as it is known when `submit` returns.

    Attributes:
        failed: position in the batch → reason, for tasks that were not accepted and will never run.
        unknown: True where it cannot be told (yet) whether the others were accepted.
    """

    failed: Mapping[int, str]
    unknown: bool = False


ACCEPTED = Receipt({})
"""Every task of the batch was accepted."""

PENDING = Receipt({}, unknown=True)
"""No task of the batch is known to be accepted yet; `Transport.receipts` will say."""


class LateReceipt(NamedTuple):
    """What became of tasks whose submission was pending.

    Attributes:
        first: number of the first task.
        size: how many tasks.
        refused: why none of them was accepted; nothing where all were.
    """

    first: int
    size: int
    refused: str = ""


NO_ERRORS: Mapping[int, str] = {}
