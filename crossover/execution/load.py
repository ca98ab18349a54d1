"""Closed-loop load: as many tasks outstanding as the window allows, no more."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from crossover.contract.history import History
from crossover.contract.tasks import Batch
from crossover.contract.transport import Transport
from crossover.execution.recorder import Recorder
from workloads.base import Workload

COLLECT_WITHIN = 0.1  # seconds until the loop looks whether it should go on


class ClosedLoop:
    """Submits while fewer than `window` tasks are outstanding, and collects.

    Attributes:
        submitting: set to False and nothing more is submitted.
        collecting: set to False and the loop ends, whatever is outstanding.

    Args:
        transport: a started one.
        workload: makes the payloads and checks the values.
        history: where everything is recorded; it says how many tasks, and how many in a batch.
        window: tasks outstanding at most; one batch always may be.
        stop_submitting_at: nothing more is submitted after this time of the monotonic clock, in nanoseconds.
    """

    def __init__(
        self,
        transport: Transport,
        workload: Workload,
        history: History,
        window: int,
        stop_submitting_at: int | None = None,
    ) -> None:
        self._transport = transport
        self._payloads: Sequence[Any] = workload.payloads(history.tasks)
        self._history = history
        self._recorder = Recorder(workload, self._payloads, history)
        self._window = window
        self._stop_submitting_at = stop_submitting_at
        self.submitting = True
        self.collecting = True

    def run(self) -> None:
        """Return when every task that was submitted is settled, or the loop was told to end.

        Raises:
            BrokenError: the transport broke.
        """
        history, transport, window = self._history, self._transport, self._window
        collected = self._recorder.collected
        sent = 0
        history.began = history.ended = time.monotonic_ns()
        while self.collecting:
            while sent < history.tasks and self.submitting:
                count = min(history.batch, history.tasks - sent)
                if sent > history.settled and sent - history.settled + count > window:
                    break
                self._submit(sent, count)
                sent += count
            if history.settled >= sent:
                break
            for outcomes in transport.collect(COLLECT_WITHIN):
                collected(outcomes)

    def _submit(self, first: int, count: int) -> None:
        began = self._recorder.submitting(first)
        receipt = self._transport.submit(Batch(first, self._payloads[first : first + count]))
        self._recorder.submitted(first, count, began, receipt)
        if self._stop_submitting_at is not None and began > self._stop_submitting_at:
            self.submitting = False
