"""One measured run of a transport: start, warm up, measure, stop."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from crossover.contract.errors import BrokenError, StartError
from crossover.contract.transport import Transport
from crossover.execution.load.closed_loop import ClosedLoop
from crossover.execution.load.load import Load
from crossover.execution.load.stopped_workers import let_continue
from crossover.execution.meters import Meter, Usage
from crossover.execution.supervision import Ending, supervise
from crossover.recording.history import History
from crossover.results.records import Backlog, End
from crossover.workers import interruption
from workloads.base import Workload

WARM_UP = 0.2  # seconds of submitting before the clock starts
PATIENCE = 5.0  # seconds, in addition to twice the time a run at a rate should take; then it is ended


class Phase(StrEnum):
    """The parts of a run, in their order."""

    STARTING = "starting"
    WARMING_UP = "warming up"
    MEASURING = "measuring"


OnProgress = Callable[[int], None]
"""Called with the number of settled tasks while a run goes on."""
OnPhase = Callable[[Phase], None]
"""Called with the current phase of a run."""


class Observation(NamedTuple):
    """What was observed of one run.

    Attributes:
        history: of every task.
        usage: CPU time and memory of every role.
        ending: how it ended.
        interrupted: whether the user pressed Ctrl-C, even if after the last outcome.
        backlog: time and memory that the backlog took; None where the load is none.
        warming_up: whether it ended before the clock started; then it has no throughput.
    """

    history: History
    usage: Usage
    ending: Ending
    interrupted: bool = False
    backlog: Backlog | None = None
    warming_up: bool = False


def measure(
    transport: Transport,
    workload: Workload,
    load: Load,
    on_progress: OnProgress,
    deadline: float = math.inf,
    on_phase: OnPhase = lambda _: None,
) -> Observation:
    """Run a workload through a transport once, and leave nothing behind.

    Args:
        transport: not yet started; it is stopped here.
        workload: what to run.
        load: how much of it.
        on_progress: called several times a second.
        deadline: when to stop, in seconds of the monotonic clock.
        on_phase: called when a phase begins, and several times a second during the warm-up.

    Raises:
        StartError: the workers did not become ready.
        KeyboardInterrupt: Ctrl-C before they were ready.
    """
    try:
        observation = _observe(transport, workload, load, on_progress, deadline, on_phase)
    finally:
        interrupted = stop(transport)
    return observation._replace(interrupted=interrupted or observation.ending.end is End.INTERRUPTED)


def _observe(
    transport: Transport,
    workload: Workload,
    load: Load,
    on_progress: OnProgress,
    deadline: float,
    on_phase: OnPhase,
) -> Observation:
    if load.backlog:
        # a shared server would reuse memory that others have freed
        transport.purpose = f"backlog of {transport.traits.name}"
    try:
        transport.start(workload, load.workers)
    except (OSError, RuntimeError, BrokenError) as error:  # no descriptors, memory or threads; a server was killed
        raise StartError(f"it cannot be started: {error}") from error
    history, ending = warm_up(transport, workload, load, deadline, on_phase)
    if ending.end is not End.FINISHED:
        return Observation(history, _meter(transport).read(), ending, warming_up=True)
    history = History(load.tasks, load.batch)
    loop = load.loop(transport, workload, history)
    on_phase(Phase.MEASURING)  # before the meter starts, which must not count what the callback uses
    meter = _meter(transport)

    def tick() -> None:
        interruption.raise_if_requested()
        meter.look()
        on_progress(history.settled)

    if load.rate is not None:  # end a run early whose transport cannot keep up
        deadline = min(deadline, time.monotonic() + PATIENCE + 2 * load.tasks / load.rate)
    ending = supervise(loop, history, transport, tick, deadline)
    if load.backlog:
        let_continue(transport.processes().get("workers", ()))  # the loop may hang; stopped workers cannot end in order
    return Observation(history, meter.read(), ending, backlog=loop.backlog)


def _meter(transport: Transport) -> Meter:
    """Return a meter of this process, which is the producer, and of the transport's processes."""
    return Meter({"producer": [os.getpid()], **transport.processes()})


def warm_up(
    transport: Transport, workload: Workload, load: Load, deadline: float, on_phase: OnPhase = lambda _: None
) -> tuple[History, Ending]:
    """Run the first tasks once before the clock starts; the result matters only where something goes wrong."""

    def tick() -> None:
        interruption.raise_if_requested()
        on_phase(Phase.WARMING_UP)

    tick()
    history = History(min(load.tasks, max(load.window, 1_000 * load.batch)), load.batch)
    loop = ClosedLoop(transport, workload, history, load.workers * load.batch, WARM_UP)
    return history, supervise(loop, history, transport, tick, deadline)


def stop(transport: Transport) -> bool:
    """Stop a transport, and return whether Ctrl-C was pressed: what was measured must not be lost."""
    transport.stop()
    return interruption.requested()
