"""Records the history of a run.

All of this runs for every message, where one method call is a tenth of the time that we may take: hence closures, and a
short path for messages of one task.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from crossover.contract.system import Clock
from crossover.contract.tasks import LateReceipt, Outcomes, Receipt, Submission
from crossover.contract.text import describe, no_value_hint
from crossover.recording.fingerprint import REMEMBERED, Fingerprints
from crossover.recording.history import History
from crossover.recording.payloads import Payloads
from workloads.base import Workload

REFUSED, UNKNOWN = Receipt.REFUSED, Receipt.UNKNOWN  # looked up once: an attribute of an enum is slow
ONE_MORE = bytes([*range(1, 256), 255])  # translates a count of deliveries into the next one


def record_submission(history: History, first: int, count: int, submission: Submission) -> None:
    """Record a submission of which not every task was accepted."""
    receipt, refused = submission
    if receipt is UNKNOWN:
        history.pending += count - len(refused)
        if count == 1:
            history.receipts[first] = UNKNOWN
        else:
            history.receipts[first : first + count] = bytes((UNKNOWN,)) * count
    for position, reason in refused.items():
        history.receipts[first + position] = REFUSED
        history.fail(first + position, reason)
    history.settled += len(refused)


def record_receipts(history: History, receipts: Sequence[LateReceipt]) -> None:
    """Record what has become of tasks whose receipt was unknown."""
    recorded = history.receipts
    for first, size, receipt, reason in receipts:
        history.pending -= size
        if size == 1:
            recorded[first] = receipt
        else:
            recorded[first : first + size] = bytes((receipt,)) * size
        if receipt is REFUSED:
            for task in range(first, first + size):
                history.fail(task, reason)
            history.settled += history.deliveries[first : first + size].count(0)  # the others have come back already
            history.refused_late = True


def recorder(workload: Workload, payloads: Payloads, history: History) -> Callable[[Sequence[Outcomes]], None]:
    """Return the function that records the outcomes that `collect` returned.

    Args:
        workload: decides which values are right.
        payloads: of all tasks.
        history: where they are recorded.
    """
    judge = _Judge(workload, payloads, history)
    judge_one, deliveries = judge.quick(), history.deliveries
    started_at, finished_at, collected_at, batch = history.started, history.finished, history.collected, history.batch
    last = -1

    def record(arrived: Sequence[Outcomes]) -> None:
        nonlocal last
        now = Clock.monotonic_ns()
        settled = 0
        for outcomes in arrived:
            first, size, values, errors, _, started, finished = outcomes
            if not 0 <= first <= first + size <= history.attempted:
                history.unexpected += size
                history.note(errors.values())
                continue
            if size == 1 and not errors and not deliveries[first]:
                deliveries[first] = 1
                judge_one(first, values[0])
            elif not any(before := deliveries[first : first + size]):
                deliveries[first : first + size] = b"\1" * size
                judge.many(first, values, errors)
            else:
                settled += judge.again(outcomes, before)
                continue
            message = first // batch
            started_at[message] = started
            finished_at[message] = finished
            collected_at[message] = now
            settled += size
            if history.refused_late:
                settled -= history.receipts[first : first + size].count(REFUSED)
            if first < last:
                history.reordered += size
            else:
                last = first
        if settled:
            history.settled += settled
            history.ended = now

    return record


class _Judge:
    """Records the fingerprints of values, and which of them are wrong."""

    def __init__(self, workload: Workload, payloads: Payloads, history: History) -> None:
        self._wrong = workload.wrong
        self._payloads = payloads
        self._history = history
        self._fingerprints = Fingerprints()

    def one(self, task: int, value: Any) -> bool:
        """Judge the value of one task, and return whether it is right."""
        history = self._history
        try:
            history.fingerprints[task] = self._fingerprints.of_one(value)
        except (Exception, SystemExit) as error:  # only a value that was not pickled before: serial, threads
            history.fail(task, f"cannot be pickled: {describe(error)}{no_value_hint(value)}")
            return False
        payloads = self._payloads.to_check(task, 1)
        if self._wrong(payloads, [value]):
            history.corrupt(task, self._payloads.of(task, 1)[0], value)
            return False
        return True

    def quick(self) -> Callable[[int, Any], None]:
        """Return a faster `one`: the same payload and value as the last time are not judged again."""
        fingerprints, one = self._history.fingerprints, self.one
        different = self._payloads.different
        repeat = len(different)
        last_payload = last_value = nothing = object()
        last_print = 0

        def quick_one(task: int, value: Any) -> None:
            nonlocal last_payload, last_value, last_print
            payload = different[task % repeat]
            if value is last_value and payload is last_payload:
                fingerprints[task] = last_print
            elif one(task, value) and type(value) in REMEMBERED:
                last_payload, last_value, last_print = payload, value, fingerprints[task]
            else:
                last_value = nothing

        return quick_one

    def many(self, first: int, values: Sequence[Any], errors: Mapping[int, str]) -> None:
        """Judge the first outcomes of consecutive tasks."""
        history = self._history
        if errors:
            for position, value in enumerate(values):
                if position in errors:
                    history.fail(first + position, errors[position])
                else:
                    self.one(first + position, value)
            return
        try:
            history.fingerprints[first : first + len(values)] = self._fingerprints.of(values)
        except (Exception, SystemExit):
            for position, value in enumerate(values):
                self.one(first + position, value)
            return
        payloads = self._payloads.to_check(first, len(values))
        for position in self._wrong(payloads, values):
            history.corrupt(first + position, self._payloads.of(first + position, 1)[0], values[position])

    def again(self, outcomes: Outcomes, before: bytes | bytearray) -> int:
        """Judge a batch of which some tasks, or all, were delivered before; return how many were not."""
        history = self._history
        first, size, values, errors, *_ = outcomes
        history.deliveries[first : first + size] = before.translate(ONE_MORE)
        new = [position for position, deliveries in enumerate(before) if not deliveries]
        for position in new:
            self.many(first + position, [values[position]], {0: errors[position]} if position in errors else {})
        return len(new)
