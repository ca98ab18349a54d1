"""Records the history of a run.

All of this runs for every message, where one method call is a tenth of the time that we may take: hence closures, and a
short path for messages of one task.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from crossover.contract.system import Clock
from crossover.contract.tasks import Done, LateReceipt, Outcomes, Receipt, Submission, as_outcomes
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


def recorder(workload: Workload, payloads: Payloads, history: History) -> Callable[[Sequence[Outcomes | Done]], None]:
    """Return the function that records the outcomes that `collect` returned.

    Args:
        workload: decides which values are right.
        payloads: of all tasks.
        history: where they are recorded.
    """
    judge = _Judge(workload, payloads, history)
    judge_one, record_outcomes = judge.one, _recorder_of_outcomes(judge, history)
    deliveries, fingerprints, collected_at, batch = (
        history.deliveries,
        history.fingerprints,
        history.collected,
        history.batch,
    )
    different = payloads.different
    repeat = len(different)
    payload, right_payload, right_value, right_print = different[0], None, object(), 0  # right: not judged again
    last = -1

    def record(arrived: Sequence[Outcomes | Done]) -> None:
        nonlocal last, payload, right_payload, right_value, right_print
        now = Clock.monotonic_ns()
        settled, attempted = 0, 0 if history.refused_late else history.attempted
        for found in arrived:
            if isinstance(found, Outcomes):
                more, last = record_outcomes(found, now, last)
                settled += more
                continue
            task, value = found
            if not 0 <= task < attempted or deliveries[task]:
                more, last = record_outcomes(as_outcomes(found), now, last)
                settled += more
                continue
            deliveries[task] = 1
            if repeat > 1:
                payload = different[task % repeat]
            if value is right_value and payload is right_payload:
                fingerprints[task] = right_print
            elif judge_one(task, value) and type(value) in REMEMBERED:
                right_payload, right_value, right_print = payload, value, fingerprints[task]
            collected_at[task // batch] = now
            settled += 1
            if task < last:
                history.reordered += 1
            else:
                last = task
        if settled:
            history.settled += settled
            history.ended = now

    return record


def _recorder_of_outcomes(judge: _Judge, history: History) -> Callable[[Outcomes, int, int], tuple[int, int]]:
    """Return the function that records outcomes of any kind.

    It takes outcomes, the time, and the last task so far, and returns for how many tasks nothing more is expected, and
    the last task.
    """
    deliveries, batch = history.deliveries, history.batch
    started_at, finished_at, collected_at = history.started, history.finished, history.collected

    def record_outcomes(outcomes: Outcomes, now: int, last: int) -> tuple[int, int]:
        first, size, values, errors, _, started, finished = outcomes
        if not 0 <= first <= first + size <= history.attempted:
            history.unexpected += size
            history.note(errors.values())
            return 0, last
        if any(before := deliveries[first : first + size]):
            return judge.again(outcomes, before), last
        deliveries[first : first + size] = b"\1" * size
        if size == 1 and not errors:
            judge.one(first, values[0])
        else:
            judge.many(first, values, errors)
        message = first // batch
        started_at[message] = started
        finished_at[message] = finished
        collected_at[message] = now
        if first < last:
            history.reordered += size
        refused = history.receipts[first : first + size].count(REFUSED) if history.refused_late else 0
        return size - refused, max(first, last)

    return record_outcomes


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
