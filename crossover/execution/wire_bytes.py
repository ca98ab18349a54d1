"""Measures how many bytes a broker's connections carry for one task."""

from __future__ import annotations

import time

from crossover.contract.transport import Transport
from crossover.execution.load.load import Load
from crossover.execution.measure import stop, warm_up
from crossover.execution.network_proxy import Proxy
from crossover.execution.supervision import supervise
from crossover.recording.history import History
from crossover.results.records import End
from crossover.workers import interruption
from workloads.base import Workload

WITHIN = 10.0  # seconds; a run that takes longer is abandoned


def bytes_per_task(transport: Transport, workload: Workload, load: Load, proxy: Proxy, deadline: float) -> float | None:
    """Return the bytes a proxy forwards for each task, both ways, from the end of the warm-up to the last outcome.

    Args:
        transport: not yet started, and connected through `proxy`; it is stopped here.
        workload: what to run.
        load: how much of it.
        proxy: between the transport and its server.
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
        before = proxy.bytes_forwarded
        history = History(load.tasks, load.batch)
        loop = load.loop(transport, workload, history)
        ending = supervise(loop, history, transport, interruption.raise_if_requested, deadline)
        forwarded = proxy.bytes_forwarded - before
    finally:
        interrupted = stop(transport)
    if interrupted or ending.end is End.INTERRUPTED:
        raise KeyboardInterrupt
    return forwarded / load.tasks if ending.end is End.FINISHED and history.settled == load.tasks else None
