"""How many cores were in use while something was measured, by us and by other processes."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from typing import NamedTuple

from crossover.results.records import Host, Run

FULL = 0.9  # of all cores: more is not available in practice


class CoreUsage(NamedTuple):
    """Cores in use, medians over the rounds.

    Attributes:
        ours: by all roles.
        producer: by the producer.
        others: by other processes, if they cannot run on cores that are not ours.
        full: whether all cores were in use.
    """

    ours: float
    producer: float
    others: float
    full: bool


def core_usage(runs: Sequence[Run], host: Host) -> CoreUsage:
    """Return the cores in use during some runs.

    Args:
        runs: of one transport and number of workers, at least one.
        host: the machine.
    """

    def each(seconds: Callable[[Run], float]) -> float:
        return statistics.median(seconds(run) / run.seconds if run.seconds else 0.0 for run in runs)

    ours = each(lambda run: sum(run.cost.cpu_seconds.values()))
    elsewhere = host.all_cores > host.cores  # other processes may have used the cores that are not ours
    others = 0.0 if elsewhere else each(lambda run: run.cost.others_cpu_seconds)
    producer = each(lambda run: run.cost.cpu_seconds.get("producer", 0.0))
    return CoreUsage(ours, producer, others, ours + others >= FULL * host.cores)
