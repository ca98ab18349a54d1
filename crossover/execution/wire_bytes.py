"""Measures how many bytes a broker's connections carry for one task."""

from __future__ import annotations

import time

from crossover.contract.transport import Transport
from crossover.execution.load.load import Load
from crossover.execution.measure import Phase, measure
from crossover.execution.network_proxy import Proxy
from crossover.results.records import End
from workloads.base import Workload

WITHIN = 10.0  # seconds; a run that takes longer is abandoned


def bytes_per_task(transport: Transport, workload: Workload, load: Load, proxy: Proxy, deadline: float) -> float | None:
    """Return the bytes a proxy forwards for each task, both ways, from the end of the warm-up to the last outcome.

    Args:
        transport: not yet started, and connected through `proxy`.
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
    forwarded: dict[Phase, int] = {}  # when a phase began

    def note(phase: Phase) -> None:
        forwarded[phase] = proxy.bytes_forwarded

    deadline = min(deadline, time.monotonic() + WITHIN)
    observation = measure(transport, workload, load, lambda _: None, deadline, note)
    history, ending = observation.history, observation.ending
    if observation.interrupted:
        raise KeyboardInterrupt
    complete = ending.end is End.FINISHED and history.settled == load.tasks
    return (forwarded[Phase.STOPPING] - forwarded[Phase.MEASURING]) / load.tasks if complete else None
