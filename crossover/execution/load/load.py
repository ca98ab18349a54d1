"""What a run has to do: how many tasks, for how many workers, and when they are sent."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from crossover.contract.transport import Transport
from crossover.execution.load.backlog import BacklogLoop
from crossover.execution.load.closed_loop import ClosedLoop
from crossover.execution.load.loop import Loop
from crossover.execution.load.open_loop import OpenLoop
from crossover.execution.load.window_sweep import WindowSweep
from crossover.recording.history import History
from workloads.base import Workload

WARM_UP = 0.2  # seconds of submitting before the clock starts


class Load(NamedTuple):
    """The load of one run.

    Attributes:
        tasks: how many.
        workers: how many.
        batch: tasks per message.
        window: tasks outstanding at most (closed loop).
        seconds: the producer submits no more after this time.
        backlog: whether all tasks are submitted before the workers may begin.
        rate: tasks per second (open loop, where the window does not matter); None: closed loop.
        fraction: what part of the transport's highest throughput `rate` is, where it was derived from that.
        distinct: tasks after which the input repeats; so many are submitted even after `seconds`, so that every item is
            run. 0: as many as `tasks`.
        warm_up: whether the first tasks are done once before the clock starts.
        windows: to try one after the other, the smallest first; none: `window` is used throughout.
    """

    tasks: int
    workers: int
    batch: int
    window: int
    seconds: float = math.inf
    backlog: bool = False
    rate: float | None = None
    fraction: float | None = None
    windows: Sequence[int] = ()
    distinct: int = 0
    warm_up: bool = True

    def loop(self, transport: Transport, workload: Workload, history: History) -> Loop:
        """Return the loop that drives a run with this load.

        Args:
            transport: already started.
            workload: makes the payloads and checks the values.
            history: the record to write.
        """
        if self.windows:
            return WindowSweep(transport, workload, history, self.windows)
        if self.backlog:
            return BacklogLoop(transport, workload, history, self.window)
        if self.rate is not None:
            return OpenLoop(transport, workload, history, self.rate, self.seconds)
        return ClosedLoop(transport, workload, history, self.window, self.seconds, self.distinct)


def warm_up_load(load: Load) -> Load:
    """Return the load of the moment before a run, in which the first tasks are done once."""
    return Load(
        tasks=min(load.tasks, max(load.window, 1_000 * load.batch)),
        workers=load.workers,
        batch=load.batch,
        window=load.workers * load.batch,
        seconds=WARM_UP,
    )
