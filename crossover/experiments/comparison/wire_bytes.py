"""Bytes on the wire: how much a broker's connections carry per task, counted by a proxy after the rounds."""

from __future__ import annotations

import math
import statistics
import time

from brokers.servers.registry import server_kind
from crossover.contract.errors import CrossoverError
from crossover.contract.safety import Safety
from crossover.execution.load.load import Load
from crossover.experiments.comparison.rounds import RoundRunner
from crossover.experiments.comparison.run_spec import RunSpec

TASKS = 200
SECONDS = 2.0  # that the tasks may take


def count_wire_bytes(runner: RoundRunner, spec: RunSpec) -> None:
    """Run some tasks once more through a proxy and keep their bytes; the runs themselves avoid the slower proxy.

    Transports that no proxy can count (external workers, Unix sockets, TLS) are left out, and slow ones.

    Args:
        runner: has finished runs of this spec.
        spec: what to run once more.

    Raises:
        KeyboardInterrupt: Ctrl-C.
    """
    address, workload = spec.address, spec.workload
    traits, level = address.traits, Safety(runner.result.plan.safety)
    runs = [run for run in runner.result.runs if run.transport == spec.label]
    if time.monotonic() > runner.deadline:
        return
    load = _small_load(spec.load, statistics.median(run.throughput for run in runs))
    if load is None or not traits.server or not address.options.own_workers:
        return
    # imported on use: transports without a server need no proxy (asyncio) and no private server (mirakuru)
    from brokers.servers.private import private_server  # noqa: PLC0415
    from crossover.execution.wire_bytes import bytes_per_task  # noqa: PLC0415
    from crossover.experiments.proxied import proxied_url, proxy_to, why_not_proxied  # noqa: PLC0415

    server = server_kind(traits.server)
    url = server.named_url(address.server_address) or private_server(traits.server, level).url
    if why_not_proxied(server, url):
        return
    runner.progress.start_other(f"bytes on the wire of {spec.label}")
    with proxy_to(server, url) as proxy:
        through = address._replace(server_address=proxied_url(url, proxy).partition("://")[2]).create(level)
        try:
            found = bytes_per_task(through, workload, load, proxy, runner.deadline)
        except (CrossoverError, OSError) as error:
            runner.progress.warn(spec.label, f"its bytes on the wire cannot be counted: {error}")
            return
    if found is not None:
        runner.keep_wire_bytes(spec.label, found)


def _small_load(load: Load, rate: float) -> Load | None:
    """Return a small part of a load; None if even one batch per worker takes too long.

    Args:
        load: of the runs.
        rate: tasks per second of the runs.
    """
    least = load.workers * load.batch
    tasks = min(load.tasks, max(least, min(max(TASKS, least), int(rate * SECONDS))))
    return load._replace(tasks=tasks, seconds=math.inf) if tasks <= rate * SECONDS else None
