"""The history: what happened to every task of a run, as the producer saw it; recorded first, judged afterwards."""

from __future__ import annotations

import reprlib
from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from crossover.contract.text import readable
from crossover.recording.storage import IN_MEMORY, Memory, SharedFile
from crossover.results.records import WRONG_VALUE

FAILED, CORRUPTED = 1, 2
"""What was wrong with the first outcome of a task (bits)."""

SUBMIT_SAMPLE = 16
"""One message of this many is timed while it is submitted."""

SUBMIT_NO_MORE, COLLECT_NO_MORE = 0, 1
"""The orders that a loop obeys, as positions in `History.orders`."""


class Counts(NamedTuple):
    """What a history holds besides its arrays; each is explained there."""

    attempted: int
    settled: int
    began: int
    ended: int
    reasons: dict[str, int]
    unexpected: int
    reordered: int
    pending: int
    refused_late: bool
    interval: float


class History:
    """The record of one run: 11 bytes per task and 32.25 bytes per message; nothing else grows.

    Tasks are attempted in the order of their numbers.

    Attributes:
        orders: what the loop is told, from this process or from another one that shares the storage: one byte each.
        tasks: how many there are.
        batch: tasks per message; message m carries the tasks from m × batch.
        attempted: how many have been submitted.
        receipts: per task, its `Receipt`; ACCEPTED, which is 0, also if it has none yet.
        deliveries: per task, how many outcomes came back (255: that many or more).
        marks: per task, what was wrong with the first outcome.
        fingerprints: per task, 64 bits of its first value's hash; 0 where there is no value.
        sent, started, finished, collected: per message, when its submission began, when the worker began and finished
            it, and when the producer collected it; in nanoseconds of the monotonic clock. 0: did not happen; of
            started and finished also: no time stamps were taken (crossover.recording.sample).
        submit: per 16th message, duration of the submitting call in nanoseconds.
        began, ended: when the first submission began and the last outcome was collected, in nanoseconds.
        reasons: "Type: message" of failures → how many tasks (the first 20 different ones).
        unexpected: outcomes of tasks that were never attempted.
        reordered: tasks collected after a later one.
        settled: tasks for which nothing more is expected.
        pending: tasks whose receipt is unknown.
        refused_late: whether a late receipt refused something.
        interval: nanoseconds from one message to the next in open loop: message m is due at began + m × interval; 0 in
            closed loop.

    Args:
        tasks, batch: as above.
        storage: where the arrays are kept.
    """

    MOST_REASONS = 20

    def __init__(self, tasks: int, batch: int, storage: Memory | SharedFile = IN_MEMORY) -> None:
        messages = -(-tasks // batch)
        self.tasks = tasks
        self.batch = batch
        self.orders = storage.octets("orders", 2)
        self.attempted = 0
        self.receipts = storage.octets("receipts", tasks)
        self.deliveries = storage.octets("deliveries", tasks)
        self.marks = storage.octets("marks", tasks)
        self.fingerprints = storage.numbers("fingerprints", "Q", tasks)
        self.sent = storage.numbers("sent", "q", messages)
        self.started = storage.numbers("started", "q", messages)
        self.finished = storage.numbers("finished", "q", messages)
        self.collected = storage.numbers("collected", "q", messages)
        self.submit = storage.numbers("submit", "f", -(-messages // SUBMIT_SAMPLE))
        self.began = 0
        self.ended = 0
        self.reasons: Counter[str] = Counter()
        self.unexpected = 0
        self.reordered = 0
        self.settled = 0
        self.pending = 0
        self.refused_late = False
        self.interval = 0.0

    @property
    def seconds(self) -> float:
        """Duration of the run, from the first submission to the last outcome."""
        return (self.ended - self.began) / 1e9

    @property
    def submitting(self) -> bool:
        """Whether the loop may submit more."""
        return not self.orders[SUBMIT_NO_MORE]

    @property
    def collecting(self) -> bool:
        """Whether the loop goes on while tasks are outstanding."""
        return not self.orders[COLLECT_NO_MORE]

    def stop_submitting(self) -> None:
        """Tell the loop to submit no more."""
        self.orders[SUBMIT_NO_MORE] = 1

    def stop_collecting(self) -> None:
        """Tell the loop to end, with tasks outstanding or not."""
        self.orders[SUBMIT_NO_MORE] = self.orders[COLLECT_NO_MORE] = 1

    def counts(self) -> Counts:
        """Return what is not in the arrays, to send it to another process that shares them."""
        found = {name: getattr(self, name) for name in Counts._fields}
        return Counts(**{**found, "reasons": dict(self.reasons)})

    def take_counts(self, counts: Counts) -> None:
        """Take over what the process that wrote the arrays has counted."""
        for name, value in counts._asdict().items():
            setattr(self, name, value)
        self.reasons = Counter(counts.reasons)

    def fail(self, task: int, reason: str) -> None:
        """Mark a task as failed, and count the reason."""
        self.marks[task] |= FAILED
        self._keep(reason)

    def corrupt(self, task: int, payload: Any, value: Any) -> None:
        """Mark the value of a task as wrong, and count it as a reason."""
        self.marks[task] |= CORRUPTED
        if len(self.reasons) < self.MOST_REASONS:
            self._keep(f"{WRONG_VALUE}: {_short(value)} for {_short(payload)}")

    def note(self, reasons: Iterable[str]) -> None:
        """Count reasons of outcomes that belong to no task of this run."""
        for reason in reasons:
            self._keep(reason)

    def _keep(self, reason: str) -> None:
        """Count a reason, unless there are too many different ones."""
        if reason in self.reasons or len(self.reasons) < self.MOST_REASONS:
            self.reasons[reason] += 1


def _short(thing: Any) -> str:
    """Return the representation of a value, in 60 characters at most."""
    try:
        return readable(reprlib.repr(thing))[:60]
    except Exception:
        return f"a {type(thing).__name__}"
