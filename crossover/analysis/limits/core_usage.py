"""How many cores were in use while something was measured: by us, by other processes, and by each task."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from typing import NamedTuple

from crossover.results.records import Host, Run

CERTAIN = 2.0  # threads of a worker that want a core: with fewer, one may be of its library, as of a queue
FULL = 0.9  # of all cores: more is not available in practice
SEVERAL = 1.5  # cores that a task keeps busy by itself: with fewer, it has one thread that computes


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
    stolen = each(lambda run: run.cost.stolen_seconds)
    return CoreUsage(ours, producer, others, ours + others + stolen >= FULL * host.capacity)


def cores_per_task(runs: Sequence[Run], idle: Sequence[Run]) -> float | None:
    """Return how many cores a task keeps busy by itself, or would if they were free; None if that is unknown.

    With threads or programs of its own it may be several. They are known from the CPU time in the time of a task. Where
    all cores are in use, that is less than they could use; then the threads count that wait for a core.

    Args:
        runs: of one transport and number of workers, most of whose time is work.
        idle: of the same transport, with tasks that do nothing: CPU time that the transport needs.
    """
    done = [run for run in runs if run.delivery.completed and run.execute_seconds and run.seconds]
    if not done:
        return None
    transport = statistics.median([cpu_per_task(run) for run in idle if run.delivery.completed] or [0.0])
    used = statistics.median(
        (cpu_per_task(run) - transport) * run.delivery.completed / run.execute_seconds for run in done
    )
    wanting = [run.cost.running_threads / run.workers for run in done if run.cost.running_threads is not None]
    wanted = statistics.fmean(wanting or [0.0])
    return max(used, wanted if wanted >= CERTAIN else 0.0)


def cpu_per_task(run: Run) -> float:
    """Return the CPU seconds of the workers for one completed task; of all roles where the producer is the worker."""
    cpu = run.cost.cpu_seconds
    return cpu.get("workers", sum(cpu.values())) / run.delivery.completed


def own_threads_advice(cores: float, capacity: float) -> str:
    """Return how many workers suit tasks that have threads or programs of their own.

    Args:
        cores: that a task keeps busy by itself.
        capacity: cores that may be used.
    """
    fill = workers_that_fill(cores, capacity)
    many = f"{fill:,} worker" + (" fills" if fill == 1 else "s fill")
    return (
        f"a task keeps about {cores:.2g} cores busy by itself, with threads or programs of its own: about {many} "
        f"{capacity:,.3g} cores. More workers need tasks with one thread (OMP_NUM_THREADS=1, OPENBLAS_NUM_THREADS=1)"
    )


def workers_that_fill(cores: float, capacity: float) -> int:
    """Return how many workers fill the cores that may be used, if each task keeps some busy by itself."""
    return max(1, round(capacity / cores))
