"""One run: start, warm up, measure, stop."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

from crossover.contract.history import History
from crossover.contract.transport import Transport
from crossover.execution.load import ClosedLoop
from crossover.execution.meters import Meter, Usage
from crossover.execution.supervision import End, Ending, supervise
from workloads.base import Workload

WARM_UP = 0.2  # seconds of submitting before the clock starts
Progress = Callable[[int], None]
"""Called with the number of settled tasks while a run goes on."""


class Observation(NamedTuple):
    """What was seen of one run."""

    history: History
    usage: Usage
    ending: Ending


class Load(NamedTuple):
    """What a run is given to do.

    Attributes:
        tasks: how many.
        workers: how many.
        batch: tasks per message.
        window: tasks outstanding at most.
    """

    tasks: int
    workers: int
    batch: int
    window: int


def measure(
    transport: Transport, workload: Workload, load: Load, progress: Progress, deadline: float | None = None
) -> Observation:
    """Run a workload through a transport once, and leave nothing behind.

    Args:
        transport: not yet started; it is stopped here.
        workload: what to run.
        load: how much of it.
        progress: called several times a second.
        deadline: when to stop, in seconds of the monotonic clock.

    Raises:
        StartError: the workers did not become ready.
        KeyboardInterrupt: Ctrl-C; nothing of the run is left.
    """
    with transport:
        transport.start(workload, load.workers)
        ending = _warm_up(transport, workload, load, deadline)
        history = History(load.tasks, load.batch)
        meter = Meter(transport.processes())
        if ending.end is End.FINISHED:

            def tick() -> None:
                meter.look()
                progress(history.settled)

            loop = ClosedLoop(transport, workload, history, load.window)
            ending = supervise(loop, history, transport.processes(), tick, deadline)
        return Observation(history, meter.read(), ending)


def _warm_up(transport: Transport, workload: Workload, load: Load, deadline: float | None) -> Ending:
    """Send the first tasks once before the clock starts; what came of them is not counted."""
    history = History(min(load.tasks, max(load.window, 1_000 * load.batch)), load.batch)
    stop_at = time.monotonic_ns() + int(WARM_UP * 1e9)
    loop = ClosedLoop(transport, workload, history, load.workers * load.batch, stop_at)
    return supervise(loop, history, transport.processes(), lambda: None, deadline)
