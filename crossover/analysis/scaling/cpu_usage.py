"""How much of the machine's CPU was in use, by us and by others."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from typing import NamedTuple

from crossover.results.records import Host, Run

FULL = 0.9  # of all cores: no more than that is to be had


class CoreUsage(NamedTuple):
    """Cores in use, medians over the rounds.

    Attributes:
        ours: by all roles.
        producer: by this role.
        others: by the rest of the machine, as far as it was on cores that are ours, too.
        full: whether all of them were in use.
    """

    ours: float
    producer: float
    others: float
    full: bool


def core_usage(runs: Sequence[Run], host: Host) -> CoreUsage:
    """Return what was in use while some runs went on.

    Args:
        runs: at least one.
        host: the machine.
    """

    def each(seconds: Callable[[Run], float]) -> float:
        return statistics.median(seconds(run) / run.seconds if run.seconds else 0.0 for run in runs)

    ours = each(lambda run: sum(run.cost.cpu_seconds.values()))
    elsewhere = host.all_cores > host.cores  # others may have had cores that are not ours
    others = 0.0 if elsewhere else each(lambda run: run.cost.others_cpu_seconds)
    producer = each(lambda run: run.cost.cpu_seconds.get("producer", 0.0))
    return CoreUsage(ours, producer, others, ours + others >= FULL * host.cores)
