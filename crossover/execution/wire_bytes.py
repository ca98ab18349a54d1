"""How many bytes a task is on its way through a broker."""

from __future__ import annotations

import time

from crossover.contract.transport import Transport
from crossover.execution import interruption
from crossover.execution.load.closed_loop import ClosedLoop
from crossover.execution.measure import Load, stop, warm_up
from crossover.execution.network_proxy import Proxy
from crossover.execution.supervision import supervise
from crossover.recording.history import History
from crossover.results.records import End
from workloads.base import Workload

WITHIN = 10.0  # seconds; what takes longer is not waited for


def bytes_per_task(transport: Transport, workload: Workload, load: Load, way: Proxy, deadline: float) -> float | None:
    """Return what goes through a proxy for each task, both ways, from when the workers are warm until the last outcome.

    Args:
        transport: not yet started, and connected through `way`; it is stopped here.
        workload: what to run.
        load: how much of it.
        way: the proxy.
        deadline: when to stop, in seconds of the monotonic clock.

    Returns:
        None where not every task came back.

    Raises:
        CrossoverError: it cannot be started.
        KeyboardInterrupt: Ctrl-C.
    """
    try:
        transport.start(workload, load.workers)
        deadline = min(deadline, time.monotonic() + WITHIN)
        warm_up(transport, workload, load, deadline)
        before = way.passed
        history = History(load.tasks, load.batch)
        loop = ClosedLoop(transport, workload, history, load.window)
        ending = supervise(
            loop, history, transport.processes(), _tick, deadline, transport.redelivery, transport.absent
        )
        passed = way.passed - before
    finally:
        interrupted = stop(transport)
    if interrupted or ending.end is End.INTERRUPTED:
        raise KeyboardInterrupt
    return passed / load.tasks if ending.end is End.FINISHED and history.settled == load.tasks else None


def _tick() -> None:
    if interruption.asked():
        raise KeyboardInterrupt
