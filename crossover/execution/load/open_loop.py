"""Open loop: tasks are sent when they are due, however many are outstanding."""

from __future__ import annotations

import math
from collections.abc import Sequence

from crossover.contract.system import Clock
from crossover.contract.tasks import Done, Outcomes
from crossover.contract.transport import Transport
from crossover.execution.load.loop import COLLECT_WITHIN, Loop
from crossover.recording.history import History
from crossover.recording.recorder import record_receipts
from workloads.base import Workload

FEWEST_OVERDUE = 8  # overdue messages to submit before collecting, at least; many more, and workers would starve,
# because some transports send to them only while they collect
MOST_COLLECTED = 64  # messages in one call
NAP = 100e-6  # seconds of sleep when nothing has arrived and nothing is due


class OpenLoop(Loop):
    """Submits each message when it is due, and collects in between.

    Message m is due at the start + m × batch / rate. Due times are never shifted: a late loop catches up, and the delay
    counts as latency (wrk2, G. Tene: "How NOT to Measure Latency"; OpenMessaging Benchmark).

    Args:
        transport, workload, history, seconds: as in Loop.
        rate: tasks per second.
    """

    def __init__(
        self, transport: Transport, workload: Workload, history: History, rate: float, seconds: float = math.inf
    ) -> None:
        super().__init__(transport, workload, history, seconds)
        history.interval = history.batch * 1e9 / rate

    def _drive(self) -> None:
        history, collect, record = self._history, self._transport.collect, self._record
        clock, submit_up_to = Clock.monotonic_ns, self._submitter()
        began, interval, batch, tasks = history.began, history.interval, history.batch, history.tasks
        found: Sequence[Outcomes | Done] = ()
        while history.collecting:
            due = (int((clock() - began) / interval) + 1) * batch
            submit_up_to(min(due, history.attempted + max(FEWEST_OVERDUE, 2 * len(found)) * batch, tasks))
            all_sent = history.attempted == tasks or not history.submitting
            if all_sent and history.settled >= history.attempted:
                return
            idle = COLLECT_WITHIN if all_sent else (began + history.attempted // batch * interval - clock()) / 1e9
            found = collect(MOST_COLLECTED, _whole_milliseconds(idle))
            record(found)
            if history.pending:
                record_receipts(history, self._transport.receipts())
            if not found:
                self.report_deaths()
            if not found and idle > 0:  # also at the end: a transport may return before its timeout
                Clock.sleep(min(idle, NAP))


def _whole_milliseconds(seconds: float) -> float:
    """Return how long a transport may wait without returning late; naps fill the rest.

    poll() waits for whole milliseconds, and both it and selectors round up: 9 ms can become 10.
    """
    whole = int((seconds - NAP) * 1e3) - 1
    return min(COLLECT_WITHIN, whole / 1e3) if whole > 0 else 0.0
