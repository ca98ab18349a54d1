"""How much of the workers, cores, producer and broker was in use during some runs."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import NamedTuple

from crossover.analysis.limits.core_usage import CoreUsage, core_usage
from crossover.analysis.run_selection import workers_of
from crossover.results.records import Host, Run

FEWEST_MESSAGES = 4  # for each worker, in a run: with fewer, some have nothing to do at its end


class Use(NamedTuple):
    """How much of everything was in use during the runs of one transport and number of workers, medians.

    Attributes:
        busy: part of the workers' time in which they ran tasks.
        cores: in use.
        broker: cores in use by the broker; 0 also where that is unknown.
    """

    busy: float
    cores: CoreUsage
    broker: float


def in_use(runs: Sequence[Run], host: Host) -> Use:
    """Return how much of everything was in use during the runs of one transport and number of workers."""
    timed = [run for run in runs if run.seconds]
    return Use(
        busy=statistics.median([run.execute_seconds / (run.seconds * workers_of(run)) for run in timed] or [0.0]),
        cores=core_usage(runs, host),
        broker=statistics.median([run.cost.cpu_seconds.get("broker", 0.0) / run.seconds for run in timed] or [0.0]),
    )


def has_few_tasks(runs: Sequence[Run]) -> bool:
    """Return whether there are too few tasks to keep all workers busy."""
    return statistics.median(run.tasks / (run.batch * workers_of(run)) for run in runs) < FEWEST_MESSAGES


def task_seconds(runs: Sequence[Run]) -> float:
    """Return the seconds that a worker ran a task, the median over the rounds; 0 if none was done."""
    done = [run.execute_seconds / run.delivery.completed for run in runs if run.delivery.completed]
    return statistics.median(done) if done else 0.0


def throughput(runs: Sequence[Run]) -> float:
    """Return tasks per second, the median over the rounds."""
    return statistics.median(run.throughput for run in runs)
