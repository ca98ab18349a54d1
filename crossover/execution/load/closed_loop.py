"""Closed loop: a fixed number of tasks is outstanding."""

from __future__ import annotations

import math

from crossover.contract.transport import Transport
from crossover.execution.load.loop import COLLECT_WITHIN, Loop
from crossover.recording.history import History
from crossover.recording.recorder import record_receipts
from workloads.base import Workload

REFILL = 4  # the window is refilled when this part of it has come back; later, and workers would starve


class ClosedLoop(Loop):
    """Submits while fewer than `window` tasks are outstanding.

    Args:
        transport, workload, history, seconds, distinct: as in Loop.
        window: tasks outstanding at most; one batch is always allowed.
    """

    def __init__(
        self,
        transport: Transport,
        workload: Workload,
        history: History,
        window: int,
        seconds: float = math.inf,
        distinct: int = 0,
    ) -> None:
        super().__init__(transport, workload, history, seconds, distinct)
        self._window = window

    def _drive(self) -> None:
        self._work_off(self._history.tasks, self._window)

    def _work_off(self, until: int, window: int) -> None:
        """Submit the tasks before number `until`, with a window; return when all submitted tasks are settled."""
        history, collect, record = self._history, self._transport.collect, self._record
        submit_up_to = self._submitter()
        limit = max(1, window // history.batch // REFILL)
        low = max(0, window - limit * history.batch)
        room = max(1, window - history.batch + 1)  # with fewer outstanding, one more batch fits into the window
        while history.collecting:
            if history.attempted - history.settled <= low:
                submit_up_to(min(history.settled + room, until))
            if history.settled >= history.attempted and (history.attempted == until or not history.submitting):
                return
            found = collect(limit, COLLECT_WITHIN)
            record(found)
            if not found:
                self.report_deaths()
            if history.pending:
                record_receipts(history, self._transport.receipts())
