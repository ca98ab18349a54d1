"""The loop that drives a run: it submits tasks and collects outcomes until every task is settled.

Closed loop, open loop and backlog differ only in when they submit.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable

from crossover.contract.errors import BrokenError
from crossover.contract.system import Clock
from crossover.contract.tasks import ALL_ACCEPTED, ALL_UNKNOWN, Batch
from crossover.contract.transport import Transport
from crossover.recording.history import SUBMIT_NO_MORE, SUBMIT_SAMPLE, History
from crossover.recording.payloads import Payloads
from crossover.recording.recorder import record_receipts, record_submission, recorder
from crossover.results.records import Backlog
from crossover.results.windows import WindowPoint
from workloads.base import Workload

RECEIPTS_WITHIN = 5.0  # seconds after the last outcome; a task without a receipt by then stays unknown
COLLECT_WITHIN = 0.1  # seconds of waiting for outcomes, after which the loop checks whether to continue


class Loop(ABC):
    """Submits tasks and collects outcomes, in one thread.

    Attributes:
        backlog: time and memory that the backlog took; None in the other loops.
        parts: of a sweep over windows, each with its throughput; none in the other loops.
        report_deaths: called where nothing came back, so that what the transport knows of dead workers is reported.

    Args:
        transport: already started.
        workload: makes the payloads and checks the values.
        history: the record to write; it holds the number of tasks, the batch size, and the orders to stop.
        seconds: the loop submits no more after this time.
        distinct: tasks after which the input repeats, which are submitted even after that time; 0: all.
    """

    def __init__(
        self,
        transport: Transport,
        workload: Workload,
        history: History,
        seconds: float = math.inf,
        distinct: int = 0,
    ) -> None:
        self._transport = transport
        shared_memory = not transport.traits.worker_processes
        different = min(distinct or history.tasks, history.tasks)
        self._payloads = Payloads(workload, different, history.batch, shared_memory=shared_memory)
        self._history = history
        self._record = recorder(workload, self._payloads, history)
        self._seconds = seconds
        self._distinct = distinct
        self.backlog: Backlog | None = None
        self.parts: list[WindowPoint] = []
        self.report_deaths: Callable[[], None] = lambda: None

    def run(self) -> None:
        """Return when every submitted task is settled, or when the loop is told to end.

        Raises:
            BrokenError: the transport broke.
        """
        self._history.began = self._history.ended = Clock.monotonic_ns()
        try:
            self._drive()
            self._wait_for_receipts()
        finally:  # also after a BrokenError: receipts that have arrived still count
            record_receipts(self._history, self._transport.receipts())

    @abstractmethod
    def _drive(self) -> None:
        """Submit and collect."""

    def _wait_for_receipts(self) -> None:
        history, deadline = self._history, Clock.monotonic() + RECEIPTS_WITHIN
        while history.pending and history.collecting and Clock.monotonic() < deadline:
            self._record(self._transport.collect(1, COLLECT_WITHIN))
            record_receipts(history, self._transport.receipts())

    def _submitter(self) -> Callable[[int], None]:
        """Return the function that submits; a closure, like the recorder, because every message passes through it."""
        return self._submitter_of_tasks() if self._history.batch == 1 else self._submitter_of_batches()

    def _submitter_of_tasks(self) -> Callable[[int], None]:
        history, submit, payload = self._history, self._transport.submit_task, self._payloads.one_to_send
        clock = Clock.monotonic_ns
        sent, orders, least = history.sent, history.orders, self._distinct
        stop_at = history.began + self._seconds * 1e9

        def submit_up_to(count: int) -> None:
            began = 0
            for task in range(history.attempted, count):
                if orders[SUBMIT_NO_MORE]:
                    return
                began = sent[task] = clock()
                try:
                    submission = submit(task, payload(task))
                except BrokenError:
                    history.attempted = task + 1
                    record_submission(history, task, 1, ALL_UNKNOWN)
                    raise
                if submission is not ALL_ACCEPTED:
                    record_submission(history, task, 1, submission)
                history.attempted = task + 1
                if not task % SUBMIT_SAMPLE:
                    history.submit[task // SUBMIT_SAMPLE] = clock() - began
                    if began > stop_at and task >= least:
                        history.stop_submitting()
            if began > stop_at and history.attempted >= least:
                history.stop_submitting()

        return submit_up_to

    def _submitter_of_batches(self) -> Callable[[int], None]:
        history, submit, payloads = self._history, self._transport.submit, self._payloads.to_send
        clock = Clock.monotonic_ns
        sent, tasks, size, stop_at = history.sent, history.tasks, history.batch, history.began + self._seconds * 1e9
        orders, least = history.orders, self._distinct

        def submit_up_to(count: int) -> None:
            first = history.attempted
            while first < count and not orders[SUBMIT_NO_MORE]:
                in_batch = size if first + size <= tasks else tasks - first
                message = first // size
                began = sent[message] = clock()
                try:
                    submission = submit(Batch(first, in_batch, payloads(first, in_batch)))
                except BrokenError:
                    history.attempted = first + in_batch
                    record_submission(history, first, in_batch, ALL_UNKNOWN)
                    raise
                if not message % SUBMIT_SAMPLE:
                    history.submit[message // SUBMIT_SAMPLE] = clock() - began
                if submission is not ALL_ACCEPTED:
                    record_submission(history, first, in_batch, submission)
                first += in_batch
                history.attempted = first
                if began > stop_at and first >= least:
                    history.stop_submitting()

        return submit_up_to
