"""After the rounds: what each broker's connections carry for one task, counted by a proxy of ours."""

from __future__ import annotations

import statistics
import time

from brokers.servers.private import private_server
from brokers.servers.registry import server_kind
from crossover.contract.errors import BrokenError, CrossoverError
from crossover.contract.safety import Safety
from crossover.execution.load.load import Load
from crossover.execution.wire_bytes import bytes_per_task
from crossover.experiments.case import Case
from crossover.experiments.proxied import by_way_of, no_way, proxy_to
from crossover.experiments.rounds import Measurement

TASKS = 200
SECONDS = 2.0  # that they may take


def count_bytes(measurement: Measurement, case: Case) -> None:
    """Run some tasks once more through a proxy, and keep what they weigh; runs keep out of it, since it is slower.

    What no proxy can count is left out (external workers, Unix sockets, TLS); so is what takes long.

    Args:
        measurement: has runs of the case, none of which broke.
        case: what is run once more.

    Raises:
        KeyboardInterrupt: Ctrl-C.
    """
    address, workload = case.address, case.workload
    kind, level = address.transport, Safety(measurement.result.plan.safety)
    runs = [run for run in measurement.result.runs if run.transport == case.label]
    if time.monotonic() > measurement.deadline:
        return
    load = _little(case.load, statistics.median(run.throughput for run in runs))
    if load is None or not kind.server or address.unstoppable():
        return
    server = server_kind(kind.server)
    url = server.named_url(address.server_address) or private_server(kind.server, level).url
    if no_way(server, url):
        return
    measurement.watcher.besides(f"bytes on the wire of {case.label}")
    with proxy_to(server, url) as way:
        through = kind(address.options, level, by_way_of(url, way).partition("://")[2])
        try:
            found = bytes_per_task(through, workload, load, way, measurement.deadline)
        except (CrossoverError, BrokenError, OSError) as error:
            measurement.watcher.warns(case.label, f"its bytes on the wire cannot be counted: {error}")
            return
    if found is not None:
        measurement.weighs(case.label, found)


def _little(load: Load, rate: float) -> Load | None:
    """Return a small part of a load; None where even a batch for each worker takes too long.

    Args:
        load: of the runs.
        rate: tasks per second that they had.
    """
    least = load.workers * load.batch
    tasks = min(load.tasks, max(least, min(max(TASKS, least), int(rate * SECONDS))))
    return load._replace(tasks=tasks) if tasks <= rate * SECONDS else None
