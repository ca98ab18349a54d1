"""Writes the history of a run while it runs: everything here is on the path of every message."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from crossover.contract.history import ACCEPTED, CORRUPTED, NOT_SENT, REFUSED, UNKNOWN, History
from crossover.contract.tasks import Outcomes, Receipt
from crossover.execution.fingerprint import Fingerprints
from workloads.base import Workload

ONE_MORE = bytes([*range(1, 256), 255])  # translates a count of deliveries into the next one


class Recorder:
    """Records what is submitted and what comes back.

    Args:
        workload: says which values are right.
        payloads: of all tasks.
        history: where to write.
    """

    def __init__(self, workload: Workload, payloads: Sequence[Any], history: History) -> None:
        self._wrong = workload.wrong
        self._payloads = payloads
        self._history = history
        self._fingerprints = Fingerprints().of
        self._last = -1

    def submitting(self, first: int) -> int:
        """Note that a batch is about to be submitted, and return the time."""
        now = time.monotonic_ns()
        self._history.sent[first // self._history.batch] = now
        return now

    def submitted(self, first: int, count: int, began: int, receipt: Receipt) -> None:
        """Note what became of a submission that began at `began`."""
        history = self._history
        history.submit[first // history.batch] = time.monotonic_ns() - began
        kind = UNKNOWN if receipt.unknown else ACCEPTED
        history.receipts[first : first + count] = bytes((kind,)) * count
        for position, reason in receipt.failed.items():
            history.receipts[first + position] = REFUSED
            history.fail(first + position, reason)
            history.settled += 1

    def collected(self, outcomes: Outcomes) -> None:
        """Note outcomes that came back."""
        now = time.monotonic_ns()
        history = self._history
        first, values, errors, _, started, finished = outcomes
        end = first + len(values)
        if not values or first < 0 or end > history.tasks or NOT_SENT in history.receipts[first:end]:
            history.unexpected += len(values)
            return
        before = history.deliveries[first:end]
        history.deliveries[first:end] = before.translate(ONE_MORE)
        if any(before):
            self._judge_the_new(outcomes, before)
            return
        message = first // history.batch
        history.wait[message] = started - history.sent[message]
        history.execute[message] = finished - started
        history.back[message] = now - finished
        history.arrived[message] = 1
        history.ended = now
        if first < self._last:
            history.reordered += len(values)
        else:
            self._last = first
        history.settled += len(values)
        self._judge(first, values, errors)

    def _judge_the_new(self, outcomes: Outcomes, before: bytearray) -> None:
        """Judge a batch of which some tasks, or all, had been delivered `before`."""
        for position, count in enumerate(before):
            if not count:
                error = {0: outcomes.errors[position]} if position in outcomes.errors else {}
                self._judge(outcomes.first + position, [outcomes.values[position]], error)
                self._history.settled += 1

    def _judge(self, first: int, values: Sequence[Any], errors: Mapping[int, str]) -> None:
        """Note the fingerprints of the first values that tasks gave, and which of them are wrong."""
        history = self._history
        if errors:
            for position, value in enumerate(values):
                if position in errors:
                    history.fail(first + position, errors[position])
                else:
                    self._judge(first + position, [value], {})
            return
        history.fingerprints[first : first + len(values)] = self._fingerprints(values)
        for position in self._wrong(self._payloads[first : first + len(values)], values):
            history.marks[first + position] |= CORRUPTED
