"""One run: start, warm up, measure, stop."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import NamedTuple

from crossover.contract.errors import BrokenError, StartError
from crossover.contract.phase import Phase
from crossover.contract.transport import Transport
from crossover.execution import interruption
from crossover.execution.load.backlog import BacklogLoop, wake
from crossover.execution.load.closed_loop import ClosedLoop, Loop
from crossover.execution.load.open_loop import OpenLoop
from crossover.execution.meters import Meter, Usage
from crossover.execution.supervision import Ending, supervise
from crossover.recording.history import History
from crossover.results.records import Backlog, End
from crossover.workers.fleet import interrupts_held_back
from workloads.base import Workload

WARM_UP = 0.2  # seconds of submitting before the clock starts
PATIENCE = 5.0  # seconds, and twice as long as it should take: then a run at a rate is ended
Progress = Callable[[int], None]
"""Called with the number of settled tasks while a run goes on."""
Phases = Callable[[Phase], None]
"""Called with what a run is at."""


class Observation(NamedTuple):
    """What was seen of one run.

    Attributes:
        history: of every task.
        usage: of every role.
        ending: how it ended.
        interrupted: whether Ctrl-C came, be it after the last outcome.
        backlog: how it lay in wait, where there was one.
        warming_up: whether it ended before the clock was started: then it says nothing about speed.
    """

    history: History
    usage: Usage
    ending: Ending
    interrupted: bool = False
    backlog: Backlog | None = None
    warming_up: bool = False


class Load(NamedTuple):
    """What a run is given to do.

    Attributes:
        tasks: how many.
        workers: how many.
        batch: tasks per message.
        window: tasks outstanding at most.
        seconds: nothing more is submitted after so long.
        backlog: whether all tasks are submitted before the workers may begin.
        rate: tasks per second: open loop, where the window does not matter; None: closed loop.
        fraction: that the rate is of the most that the transport can do, where it was found so.
    """

    tasks: int
    workers: int
    batch: int
    window: int
    seconds: float = math.inf
    backlog: bool = False
    rate: float | None = None
    fraction: float | None = None


def measure(
    transport: Transport,
    workload: Workload,
    load: Load,
    progress: Progress,
    deadline: float = math.inf,
    phases: Phases = lambda _: None,
) -> Observation:
    """Run a workload through a transport once, and leave nothing behind.

    Args:
        transport: not yet started; it is stopped here.
        workload: what to run.
        load: how much of it.
        progress: called several times a second.
        deadline: when to stop, in seconds of the monotonic clock.
        phases: called when one begins, and several times a second while it warms up.

    Raises:
        StartError: the workers did not become ready.
        KeyboardInterrupt: Ctrl-C before they were.
    """
    try:
        observation = _observe(transport, workload, load, progress, deadline, phases)
    finally:
        interrupted = stop(transport)
    return observation._replace(interrupted=interrupted or observation.ending.end is End.INTERRUPTED)


def _observe(
    transport: Transport, workload: Workload, load: Load, progress: Progress, deadline: float, phases: Phases
) -> Observation:
    if load.backlog:
        transport.purpose = f"backlog of {transport.name}"  # what others have freed there would not grow again
    try:
        transport.start(workload, load.workers)
    except (OSError, RuntimeError, BrokenError) as error:  # no descriptors, no memory, no threads; a server went away
        raise StartError(f"it cannot be started: {error}") from error
    history, ending = warm_up(transport, workload, load, deadline, phases)
    if ending.end is not End.FINISHED:
        return Observation(history, Meter(transport.processes()).read(), ending, warming_up=True)
    history = History(load.tasks, load.batch)
    loop = _loop(transport, workload, history, load)
    phases(Phase.MEASURING)  # before the meter, which is to count none of what is done about it
    meter = Meter(transport.processes())

    def tick() -> None:
        if interruption.asked():
            raise KeyboardInterrupt
        meter.look()
        progress(history.settled)

    if load.rate is not None:  # who cannot keep up need not be waited for until the end
        deadline = min(deadline, time.monotonic() + PATIENCE + 2 * load.tasks / load.rate)
    ending = supervise(loop, history, transport.processes(), tick, deadline, transport.redelivery, transport.absent)
    seen = None
    if isinstance(loop, BacklogLoop):
        seen = loop.seen
        wake(transport.processes().get("workers", ()))  # it may be stuck; and who is held cannot end in order
    return Observation(history, meter.read(), ending, backlog=seen)


def _loop(transport: Transport, workload: Workload, history: History, load: Load) -> Loop:
    if load.backlog:
        return BacklogLoop(transport, workload, history, load.window)
    if load.rate is not None:
        return OpenLoop(transport, workload, history, load.rate, load.seconds)
    return ClosedLoop(transport, workload, history, load.window, load.seconds)


def warm_up(
    transport: Transport, workload: Workload, load: Load, deadline: float, phases: Phases = lambda _: None
) -> tuple[History, Ending]:
    """Send the first tasks once before the clock starts; what came of them counts only where something goes wrong."""

    def tick() -> None:
        phases(Phase.WARMING_UP)

    tick()
    history = History(min(load.tasks, max(load.window, 1_000 * load.batch)), load.batch)
    loop = ClosedLoop(transport, workload, history, load.workers * load.batch, WARM_UP)
    ending = supervise(loop, history, transport.processes(), tick, deadline, transport.redelivery, transport.absent)
    return history, ending


def stop(transport: Transport) -> bool:
    """Stop, undisturbed by Ctrl-C, and return whether there was one meanwhile: what was measured must not be lost."""
    try:
        with interrupts_held_back():
            transport.stop()
    except KeyboardInterrupt:
        return True
    return False
