"""What drives a run: submits and collects until everything is settled. Closed loop and open loop differ in when."""

from __future__ import annotations

import math
import time
from abc import ABC, abstractmethod
from collections.abc import Callable

from crossover.contract.errors import BrokenError
from crossover.contract.tasks import ACCEPTED, PENDING, Batch
from crossover.contract.transport import Transport
from crossover.recording.history import SUBMIT_SAMPLE, History
from crossover.recording.payloads import Payloads
from crossover.recording.recorder import received, recorder, refused
from workloads.base import Workload

RECEIPTS_WITHIN = 5.0  # seconds after the last outcome; what has no receipt then is unknown for good
COLLECT_WITHIN = 0.1  # seconds until the loop looks whether it should go on
REFILL = 4  # the window is filled again when this part of it has come back; later, and workers starve


class Loop(ABC):
    """Submits and collects, in one thread.

    Attributes:
        submitting: set to False and nothing more is submitted.
        collecting: set to False and the loop ends, whatever is outstanding.

    Args:
        transport: a started one.
        workload: makes the payloads and checks the values.
        history: where everything is recorded; it says how many tasks, and how many in a batch.
        seconds: nothing more is submitted when so many have passed.
    """

    def __init__(self, transport: Transport, workload: Workload, history: History, seconds: float = math.inf) -> None:
        self._transport = transport
        self._payloads = Payloads(workload, history.tasks)
        self._history = history
        self._record = recorder(workload, self._payloads, history)
        self._seconds = seconds
        self.submitting = True
        self.collecting = True

    def run(self) -> None:
        """Return when every task that was submitted is settled, or the loop was told to end.

        Raises:
            BrokenError: the transport broke.
        """
        self._history.began = self._history.ended = time.monotonic_ns()
        try:
            self._drive()
            self._wait_for_receipts()
        finally:  # also where it broke: what is known is known
            received(self._history, self._transport.receipts())

    @abstractmethod
    def _drive(self) -> None:
        """Submit and collect."""

    def _wait_for_receipts(self) -> None:
        history, deadline = self._history, time.monotonic() + RECEIPTS_WITHIN
        while history.pending and self.collecting and time.monotonic() < deadline:
            self._record(self._transport.collect(1, COLLECT_WITHIN))
            received(history, self._transport.receipts())

    def _submitter(self) -> Callable[[int], None]:
        """Return what submits until so many tasks have been; like the recorder, it is on the path of every message."""
        history, submit, payloads, clock = self._history, self._transport.submit, self._payloads.of, time.monotonic_ns
        sent, tasks, size, stop_at = history.sent, history.tasks, history.batch, history.began + self._seconds * 1e9

        def submit_up_to(most: int) -> None:
            first = history.attempted
            while first < most and self.submitting:
                count = size if first + size <= tasks else tasks - first
                message = first // size
                began = sent[message] = clock()
                try:
                    receipt = submit(Batch(first, count, payloads(first, count)))
                except BrokenError:
                    history.attempted = first + count
                    refused(history, first, count, PENDING)
                    raise
                if not message % SUBMIT_SAMPLE:
                    history.submit[message // SUBMIT_SAMPLE] = clock() - began
                if receipt is not ACCEPTED:
                    refused(history, first, count, receipt)
                first += count
                history.attempted = first
                if began > stop_at:
                    self.submitting = False

        return submit_up_to


class ClosedLoop(Loop):
    """Submits while fewer than `window` tasks are outstanding, and collects.

    Args:
        transport, workload, history, seconds: as in Loop.
        window: tasks outstanding at most; one batch always may be.
    """

    def __init__(
        self, transport: Transport, workload: Workload, history: History, window: int, seconds: float = math.inf
    ) -> None:
        super().__init__(transport, workload, history, seconds)
        self._window = window

    def _drive(self) -> None:
        history, collect, record = self._history, self._transport.collect, self._record
        submit_up_to = self._submitter()
        limit = max(1, self._window // history.batch // REFILL)
        low = max(0, self._window - limit * history.batch)
        room = max(1, self._window - history.batch + 1)  # with fewer outstanding, one more batch fits into the window
        while self.collecting:
            if history.attempted - history.settled <= low:
                submit_up_to(min(history.settled + room, history.tasks))
            if history.settled >= history.attempted and (history.attempted == history.tasks or not self.submitting):
                return
            record(collect(limit, COLLECT_WITHIN))
            if history.pending:
                received(history, self._transport.receipts())
