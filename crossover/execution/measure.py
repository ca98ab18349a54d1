"""One measured run of a transport, in a producer process of its own: start, warm up, measure, stop."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from crossover.contract.transport import Transport
from crossover.execution.load.load import Load
from crossover.execution.load.stopped_workers import let_continue
from crossover.execution.meters.meter import Meter, Usage
from crossover.execution.producer.producer_handle import ProducerHandle
from crossover.execution.producer.protocol import ProducerSpec, Ready
from crossover.execution.supervision import Ending, Limits, longest_task, room_after, supervise
from crossover.recording.history import History
from crossover.recording.shared_history import SharedHistory
from crossover.results.records import Backlog, End
from crossover.results.windows import WindowPoint
from crossover.workers import interruption
from workloads.base import Workload

PATIENCE = 5.0  # seconds, in addition to twice the time a run at a rate should take; then it is ended


class Phase(StrEnum):
    """The parts of a run, in their order."""

    STARTING = "starting"
    WARMING_UP = "warming up"
    MEASURING = "measuring"
    STOPPING = "stopping"


OnProgress = Callable[[int], None]
"""Called with the number of settled tasks while a run goes on."""
OnPhase = Callable[[Phase], None]
"""Called with the current phase of a run."""
OnReady = Callable[[Ready], None]
"""Called with what the producer reports when the workers are ready."""


class Observation(NamedTuple):
    """What was observed of one run.

    Attributes:
        history: of every task.
        usage: CPU time and memory of every role.
        ending: how it ended.
        interrupted: whether the user pressed Ctrl-C, even if after the last outcome.
        backlog: time and memory that the backlog took; None where the load is none.
        warming_up: whether it ended before the clock started; then it has no throughput.
        brokers: name → version and settings of what it went through.
        notes: what should be known about it in addition, in sentences.
        parts: of a sweep over windows, each with its throughput.
    """

    history: History
    usage: Usage
    ending: Ending
    interrupted: bool = False
    backlog: Backlog | None = None
    warming_up: bool = False
    brokers: Mapping[str, str] = {}
    notes: Sequence[str] = ()
    parts: Sequence[WindowPoint] = ()


def measure(
    transport: Transport,
    workload: Workload,
    load: Load,
    on_progress: OnProgress,
    deadline: float = math.inf,
    on_phase: OnPhase = lambda _: None,
    on_ready: OnReady = lambda _: None,
    hang_after: float | None = None,
) -> Observation:
    """Run a workload through a transport once, and leave nothing behind.

    Args:
        transport: not yet started; it is started and stopped in the producer process. Here it learns the run's name.
        workload: what to run.
        load: how much of it.
        on_progress: called several times a second.
        deadline: when to stop, in seconds of the monotonic clock.
        on_phase: called when a phase begins, and several times a second during the warm-up.
        on_ready: called when the workers are ready.
        hang_after: seconds without an outcome that may be a hang; None: this follows from the tasks so far.

    Raises:
        StartError: the workers did not become ready.
        InputError: the workload, or its input, cannot be used.
        KeyboardInterrupt: Ctrl-C before they were ready.
    """
    if load.backlog:
        # a shared server would reuse memory that others have freed
        transport.purpose = f"backlog of {transport.traits.name}"
    transport.find_server()
    history = SharedHistory(load.tasks, load.batch)
    try:
        producer = ProducerHandle(ProducerSpec(transport, workload, load), history, interruption.requested)
        transport.run = producer.ready.run
        try:
            on_ready(producer.ready)
            limits = Limits(deadline, hang_after, transport.likely_cause)
            observation = _observe(producer, load, on_progress, limits, on_phase)
        finally:
            producer.finish()
            producer.close()
    finally:
        history.file.close()
    stopped = producer.stopped
    return observation._replace(
        interrupted=interruption.requested(),
        brokers=stopped.brokers if stopped else producer.ready.brokers,
        notes=(*observation.notes, *(stopped.notes if stopped else ())),
    )


def _observe(
    producer: ProducerHandle,
    load: Load,
    on_progress: OnProgress,
    limits: Limits,
    on_phase: OnPhase,
) -> Observation:
    processes = {"producer": [producer.pid], **producer.ready.processes}

    def tick_warm_up(_settled: int) -> None:
        interruption.raise_if_requested()
        on_phase(Phase.WARMING_UP)

    if load.warm_up:
        on_phase(Phase.WARMING_UP)
        meter = Meter(processes)
        history = producer.warm_up()
        ending = supervise(producer, history, tick_warm_up, limits)
        if ending.end is End.TIME_UP or (ending.end is End.FINISHED and not room_after(history, limits.deadline)):
            return _of_warm_up(history, meter.read(), load)
        if ending.end is not End.FINISHED:
            return Observation(history.in_memory(), meter.read(), ending, warming_up=True)
    on_phase(Phase.MEASURING)  # before the meter starts, which must not count what the callback uses
    meter = Meter(processes)  # from now on

    def tick(settled: int) -> None:
        interruption.raise_if_requested()
        meter.look()
        on_progress(settled)

    if load.rate is not None:  # end a run early whose transport cannot keep up
        in_time = time.monotonic() + PATIENCE + 2 * load.tasks / load.rate
        limits = limits._replace(deadline=min(limits.deadline, in_time))
    history = producer.run()
    ending = supervise(producer, history, tick, limits)
    usage = meter.read()
    on_phase(Phase.STOPPING)
    if load.backlog:
        let_continue(producer.ready.processes.get("workers", ()))  # stopped workers cannot end in order
    report = producer.report
    backlog, parts = (report.backlog, report.parts) if report else (None, ())
    return Observation(history.in_memory(), usage, ending, backlog=backlog, parts=parts)


def _of_warm_up(history: SharedHistory, usage: Usage, load: Load) -> Observation:
    """Return what was observed of a run for which the time limit leaves no room after its warm-up.

    The first tasks are all that can be measured then, where they were sent as those of the run would have been.
    """
    kept, seconds = history.in_memory(), longest_task(history)
    if load.backlog or load.rate is not None or not kept.settled:
        took = f"takes {seconds:.3g} s, which leaves no time to measure" if seconds else "had not come back by then"
        return Observation(kept, usage, Ending(End.TIME_UP, f"its first task {took}"), warming_up=True)
    note = f"a task takes up to {seconds:.3g} s: the time limit leaves room for the first tasks only, without a warm-up"
    return Observation(kept, usage, Ending(End.TIME_UP), notes=(note,))
