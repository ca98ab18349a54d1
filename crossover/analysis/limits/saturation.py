"""How many workers would be needed until something else than their number is the limit: an estimate."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from crossover.analysis.run_selection import RunsByLabel, all_ours, worker_kind, workers_of
from crossover.analysis.statistics.intervals import interval
from crossover.contract.traits import WorkerKind
from crossover.results.conclusions.findings import Limit
from crossover.results.records import Host, Run

SURE = 1.25  # the CPU time of a task changes with the number of workers: an estimate is no nearer than that


class Saturation(NamedTuple):
    """The number of workers from which on more would not help.

    Attributes:
        workers: as many.
        low, high: its interval: over the rounds, and over the numbers of workers that were measured.
        limit: what is then used up: cores, the GIL, the producer or the broker.
    """

    workers: int
    low: int
    high: int
    limit: Limit


def saturation(label: str, runs: RunsByLabel, limits: Mapping[str, Limit], host: Host) -> Saturation | None:
    """Return how many workers a transport would need; None: workers are not what limits it, or it cannot be told.

    Each worker does a share of the tasks, and each task takes CPU time of every role; more workers help until cores, or
    the one core of a role that has no more, are used up.

    Args:
        label: of the transport; its rows with other numbers of workers tell how far the estimate can be trusted.
        runs: label → its runs in closed loop.
        limits: label → what kept it from doing more.
        host: the machine.
    """
    rounds = runs.get(label, ())
    if limits.get(label) is not Limit.WORKERS or not rounds or worker_kind(rounds[0]) is WorkerKind.PRODUCER:
        return None
    found = {}
    for other, its in runs.items():
        if its and its[0].name == rounds[0].name and limits.get(other) is Limit.WORKERS and all(map(all_ours, its)):
            found[other] = list(_estimates(its, host))
    if not found.get(label):
        return None
    each = [interval([workers for workers, _ in its]) for its in found.values() if its]
    middle = interval([workers for workers, _ in found[label]]).median
    low = min(middle / SURE, *(one.low for one in each))
    high = max(middle * SURE, *(one.high for one in each))
    least = workers_of(rounds[0]) + 1  # with as many as were tried, they still were the limit
    limit = min(found[label])[1]
    return Saturation(max(least, round(middle)), max(least, math.floor(low)), max(least, math.ceil(high)), limit)


def _estimates(runs: Sequence[Run], host: Host) -> Iterator[tuple[float, Limit]]:
    """Yield for each round the number of workers, and what is then used up."""
    for run in runs:
        done = run.delivery.completed
        if done and run.seconds:
            each = done / run.seconds / workers_of(run)
            most = min(_ceilings(run, host), default=None)
            if most is not None and each:
                yield most[0] / each, most[1]


def _ceilings(run: Run, host: Host) -> Iterator[tuple[float, Limit]]:
    """Yield the tasks/s at which the cores are used up, and the one core of each role that cannot use several."""
    cpu, done = run.cost.cpu_seconds, run.delivery.completed
    threads = worker_kind(run) is WorkerKind.THREAD
    capacities = (
        (Limit.CORES, host.capacity, sum(cpu.values())),
        (Limit.GIL, 1.0, cpu.get("producer", 0.0) if threads and host.gil else 0.0),
        (Limit.PRODUCER, 1.0, 0.0 if threads else cpu.get("producer", 0.0)),
        (Limit.BROKER, 1.0, cpu.get("broker", 0.0)),
    )
    yield from ((capacity * done / seconds, limit) for limit, capacity, seconds in capacities if seconds)
