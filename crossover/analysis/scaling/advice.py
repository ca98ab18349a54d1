"""How many workers to use, and why: how long a task takes a worker, and how much of that is CPU time."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from typing import NamedTuple

from crossover.analysis.limits.core_usage import (
    SEVERAL,
    core_usage,
    cores_per_task,
    cpu_per_task,
    own_threads_advice,
    workers_that_fill,
)
from crossover.analysis.run_selection import all_ours
from crossover.analysis.statistics.paired import paired_ratio, sound_rounds, told_apart
from crossover.derived.curves import fewest_that_do
from crossover.results.conclusions.findings import GIL, Limit, ScalePoint
from crossover.results.records import Host, Run

CPU_BOUND, IO_BOUND = 0.7, 0.3  # CPU fraction of the work: at least, at most; in between it is mixed
ONLY_WAITS = 0.1  # CPU fraction below which a task waits for something other than a core, however busy the cores are
LITTLE_WORK = 0.5  # of a worker's time: with less work, the measurement is about the transport
MILLISECOND = 0.9995e-3  # seconds; less is shown in microseconds with three digits


class TaskProfile(NamedTuple):
    """What one task takes.

    Attributes:
        worker_seconds: of one worker, from one task to the next.
        work_seconds: of that, for the task itself.
        cpu_fraction: of the work, 0 to 1, without the CPU time that the transport needs for a task that does nothing.
        cpu_seconds: of all roles.
    """

    worker_seconds: float
    work_seconds: float
    cpu_fraction: float
    cpu_seconds: float


def recommended_workers(points: Sequence[ScalePoint]) -> int:
    """Return the smallest number of workers whose throughput is within 5% of the best.

    Args:
        points: of one transport, at least one; damaged ones count only if all are damaged.
    """
    return _recommended(points).workers


def _recommended(points: Sequence[ScalePoint]) -> ScalePoint:
    return fewest_that_do([point for point in points if not point.damage] or points)


def advise(points: Sequence[ScalePoint], runs: Sequence[Run], idle: Sequence[Run], host: Host) -> str:
    """Return how many workers suit this work, with the figures that show it; "" if there are none.

    If a task takes c CPU seconds of all roles, and a worker w seconds from one task to the next, then cores × w / c
    workers fill the cores. CPU-bound work has c ≈ w: as many workers as cores. Work that mostly waits needs more.

    Args:
        points: of one transport, the fewest workers first.
        runs: all runs of the transport; those with the fewest workers disturb each other least.
        idle: probes of the same transport and workers whose tasks do nothing: CPU time that the transport needs.
        host: the machine.
    """
    fewest = [run for run in runs if run.workers == points[0].workers]
    if not all(all_ours(run) for run in fewest):
        return "How much of a task is CPU time is unknown, because not all processes that did the work are ours."
    profile = task_profile(fewest, idle)
    if profile is None:
        return ""
    if profile.work_seconds < LITTLE_WORK * profile.worker_seconds:
        return (
            f"Little work: a task takes {_time(profile.work_seconds)} of the {_time(profile.worker_seconds)} that a "
            "worker spends per task. What scales here is the transport: more tasks per message (-b) help more than "
            "more workers."
        )
    by_itself = cores_per_task(fewest, idle) or 0.0
    if by_itself >= SEVERAL:
        said = f"A task takes {_time(profile.work_seconds)}, and {own_threads_advice(by_itself, host.capacity)}."
        return said + _measured(points, workers_that_fill(by_itself, host.capacity), runs)
    fewer = "fewer workers (-w 1,2), or " if points[0].workers > 1 else ""
    if core_usage(fewest, host).full and ONLY_WAITS < profile.cpu_fraction < CPU_BOUND:
        return (
            f"A task takes {_time(profile.work_seconds)}, {profile.cpu_fraction:.0%} of it CPU time. But all CPU "
            f"({_cores(host.cores)}) was in use even with the fewest workers, so a task may have waited for a core. "
            f"Try {fewer}a machine that has nothing else to do."
        )
    return _by_kind(profile, points, host.cores, runs)


def task_profile(runs: Sequence[Run], idle: Sequence[Run]) -> TaskProfile | None:
    """Return what a task takes, medians over the rounds; None if no task was done."""
    done = [run for run in runs if run.delivery.completed and run.execute_seconds]
    if not done:
        return None
    work = _each(done, lambda run: run.execute_seconds / run.delivery.completed)
    cpu = _each(done, lambda run: sum(run.cost.cpu_seconds.values()) / run.delivery.completed)
    of_task = max(0.0, _each(done, cpu_per_task) - _each(idle, cpu_per_task))
    return TaskProfile(
        _each(done, lambda run: run.workers * run.seconds / run.delivery.completed), work, min(1.0, of_task / work), cpu
    )


def _each(runs: Sequence[Run], seconds: Callable[[Run], float]) -> float:
    """Return seconds per task, the median over the rounds; 0 if there are none."""
    return statistics.median([seconds(run) for run in runs if run.delivery.completed] or [0.0])


def _by_kind(profile: TaskProfile, points: Sequence[ScalePoint], cores: int, runs: Sequence[Run]) -> str:
    """Return the advice for CPU-bound, I/O-bound and mixed work."""
    gil = any(point.limit == GIL for point in points)
    figures = f"a task takes {_time(profile.work_seconds)}, {profile.cpu_fraction:.0%} of it CPU time"
    if profile.cpu_fraction >= CPU_BOUND and gil:
        return f"CPU-bound, and it holds the GIL: {figures}. Threads take turns; processes use all cores."
    if profile.cpu_fraction >= CPU_BOUND:
        said = f"CPU-bound: {figures}. About as many workers as cores ({cores:,}) keep all cores busy."
        return said + _measured(points, cores, runs)
    kind, pay = ("I/O-bound", "pay") if profile.cpu_fraction <= IO_BOUND else ("Mixed", "pay a little")
    said = f"{kind}: {figures}. More workers than cores {pay}, because a waiting worker leaves its core to others."
    if not profile.cpu_seconds:
        return said
    usable, what = (1, "the GIL") if gil else (cores, _cores(cores))
    free = [point.workers for point in points if point.limit in {"", Limit.WORKERS} and not point.damage]
    most = [run for run in runs if run.workers == max(free, default=points[0].workers)]  # nearest to what is asked
    largest = task_profile(most, ()) or profile
    full = max(1, round(usable * largest.worker_seconds / (largest.cpu_seconds or profile.cpu_seconds)))
    many = f"{full:,} worker" + ("" if full == 1 else "s")
    beyond = ", more than were measured" if full > points[-1].workers else ""
    said += f" With {_time(largest.cpu_seconds)} CPU time of all roles per task, about {many} fill {what}{beyond}."
    return said + _measured(points, full, runs)


def _measured(points: Sequence[ScalePoint], estimate: int, runs: Sequence[Run]) -> str:
    """Return how the recommended number of workers compares with the estimated one; "" if they agree.

    Args:
        points: of one transport, the fewest workers first.
        estimate: number of workers that should suit the work.
        runs: of the transport.
    """
    best = _recommended(points)
    near = max((point for point in points if point.workers <= estimate), key=lambda one: one.workers, default=best)
    if near.workers >= best.workers or near.damage or not near.throughput:
        return ""
    gain = best.throughput / near.throughput - 1
    base, new = (sound_rounds(run for run in runs if run.workers == one.workers) for one in (near, best))
    certain = told_apart(paired_ratio(base, new, comparisons=len(points) - 1))
    noise = "" if certain else ", which may be noise"
    return f" Here {best.workers:,} workers were {gain:.0%} faster than {near.workers:,}{noise}."


def _cores(cores: int) -> str:
    return f"{cores:,} core" + ("" if cores == 1 else "s")


def _time(seconds: float) -> str:
    return f"{seconds * 1e3:,.3g} ms" if seconds >= MILLISECOND else f"{seconds * 1e6:.3g} µs"
