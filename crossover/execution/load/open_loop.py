"""Open-loop load: tasks are sent when they are due, whatever is outstanding."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

from crossover.contract.tasks import Outcomes
from crossover.contract.transport import Transport
from crossover.execution.load.closed_loop import COLLECT_WITHIN, Loop
from crossover.recording.history import History
from crossover.recording.recorder import received
from workloads.base import Workload

FEW = 8  # overdue messages that are submitted, at least, before some are collected; many more, and workers would starve
COLLECTED = 64  # messages at once, at most
NAP = 100e-6  # seconds; where nothing has come, and nothing is due before


class OpenLoop(Loop):
    """Submits each message when it is due, and collects meanwhile.

    Message m is due at the beginning + m × batch / rate. That is never put off: who was late catches up, and what
    waited counts as waiting (wrk2, G. Tene: "How NOT to Measure Latency"; OpenMessaging Benchmark).

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
        clock, submit_up_to = time.monotonic_ns, self._submitter()
        began, interval, batch, tasks = history.began, history.interval, history.batch, history.tasks
        found: Sequence[Outcomes] = ()
        while self.collecting:
            due = (int((clock() - began) / interval) + 1) * batch
            submit_up_to(min(due, history.attempted + max(FEW, 2 * len(found)) * batch, tasks))
            all_sent = history.attempted == tasks or not self.submitting
            if all_sent and history.settled >= history.attempted:
                return
            idle = COLLECT_WITHIN if all_sent else (began + history.attempted // batch * interval - clock()) / 1e9
            found = collect(COLLECTED, _whole_milliseconds(idle))
            record(found)
            if history.pending:
                received(history, self._transport.receipts())
            if not found and idle > 0:  # at the end, too: a transport may come back early
                time.sleep(min(idle, NAP))


def _whole_milliseconds(seconds: float) -> float:
    """Return how long a transport may wait without coming back late; the rest is spent in naps.

    poll() waits for whole milliseconds, and both it and selectors round up: 9 ms can become 10.
    """
    whole = int((seconds - NAP) * 1e3) - 1
    return min(COLLECT_WITHIN, whole / 1e3) if whole > 0 else 0.0
