"""What happened to every task of a run, in arrays: written while it runs, judged afterwards."""

from __future__ import annotations

from array import array
from collections import Counter

NOT_SENT, ACCEPTED, REFUSED, UNKNOWN = range(4)
"""What a task's receipt said."""

FAILED, CORRUPTED = 1, 2
"""What was wrong with a task's first outcome (bits)."""


class History:
    """The record of one run: 11 bytes a task and 24 bytes a message, nothing else grows.

    Attributes:
        tasks: how many there are.
        batch: tasks per message; message m carries the tasks from m × batch.
        receipts: per task, what its receipt said.
        deliveries: per task, how many outcomes came back (255: that many or more).
        marks: per task, what was wrong with the first outcome.
        fingerprints: per task, 64 bits of its first value's hash; 0 where there is no value.
        sent: per message, when its submission began, in nanoseconds of the monotonic clock.
        submit, wait, execute, back: per message, the hops in nanoseconds: the call that submits; from the beginning of the
            submission to the worker's start; the work; from its end until it was collected.
        arrived: per message, 1 where an outcome came.
        began, ended: when the first submission began and the last outcome was collected, in nanoseconds.
        reasons: "Type: message" of failures → how many tasks (the first 20 different ones).
        unexpected: outcomes of tasks that were never attempted.
        reordered: tasks collected after a later one.
        settled: tasks that need not be waited for any more.
    """

    MOST_REASONS = 20

    def __init__(self, tasks: int, batch: int) -> None:
        messages = -(-tasks // batch)
        self.tasks = tasks
        self.batch = batch
        self.receipts = bytearray(tasks)
        self.deliveries = bytearray(tasks)
        self.marks = bytearray(tasks)
        self.fingerprints = array("Q", bytes(8 * tasks))
        self.sent = array("q", bytes(8 * messages))
        self.submit = array("f", bytes(4 * messages))
        self.wait = array("f", bytes(4 * messages))
        self.execute = array("f", bytes(4 * messages))
        self.back = array("f", bytes(4 * messages))
        self.arrived = bytearray(messages)
        self.began = 0
        self.ended = 0
        self.reasons: Counter[str] = Counter()
        self.unexpected = 0
        self.reordered = 0
        self.settled = 0

    @property
    def seconds(self) -> float:
        """How long the run took, from the first submission to the last outcome."""
        return (self.ended - self.began) / 1e9

    def fail(self, task: int, reason: str) -> None:
        """Mark a task as failed, and keep its reason where there is room."""
        self.marks[task] |= FAILED
        if reason in self.reasons or len(self.reasons) < self.MOST_REASONS:
            self.reasons[reason] += 1
