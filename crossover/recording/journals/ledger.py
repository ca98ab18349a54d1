"""The ledger: per task, what the history of the producer and the journals of the workers tell."""

from __future__ import annotations

from array import array

NOT_ATTEMPTED = 3
"""What stands instead of a `Receipt` for a task that was not submitted."""

MANY = 255
"""Counts stop here: this many, or more."""


class Ledger:
    """13 bytes per task; filled from the history and the journals, judged in crossover/analysis.

    Attributes:
        receipts: per task, its `Receipt`, or NOT_ATTEMPTED.
        begun: per task, how often a worker began it.
        done: per task, how often a worker had done it.
        collected: per task, how often its outcome came back.
        marks: per task, what was wrong with its first outcome (crossover/recording/history.py).
        first_done: per task, when it was done first, in nanoseconds of the monotonic clock; 0: never.
        unexpected: how often a task was begun or came back that was never attempted.
        reordered: how often a worker began a task after a later one.

    Args:
        tasks: how many there are.
    """

    def __init__(self, tasks: int) -> None:
        self.receipts = bytearray((NOT_ATTEMPTED,)) * tasks
        self.begun = bytearray(tasks)
        self.done = bytearray(tasks)
        self.collected = bytearray(tasks)
        self.marks = bytearray(tasks)
        self.first_done = array("Q", bytes(8)) * tasks
        self.unexpected = 0
        self.reordered = 0

    def __len__(self) -> int:
        return len(self.receipts)
