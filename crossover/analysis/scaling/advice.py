"""How many workers suit the work, and why: what a task needs of a worker's time, and how much of that is CPU."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from typing import NamedTuple

from crossover.analysis.cpu_usage import usage_of
from crossover.results.findings import GIL, ScalePoint
from crossover.results.records import Host, Run

MOSTLY_CPU, HARDLY_CPU = 0.7, 0.3  # of the time of the work; in between it is mixed
ONLY_WAITS = 0.1  # ... and with as little as that it waits for something else than a core, however busy that is
LITTLE = 0.5  # of a worker's time: with less work than that, the transport is what is measured
MILLISECOND = 0.9995e-3  # in seconds; three digits of less are microseconds


class Need(NamedTuple):
    """What a task needs, in seconds.

    Attributes:
        worker: of one worker's time, from one task to the next.
        work: of that, for the task itself.
        share: of this, CPU (0 to 1), without what the transport needs for a task that does nothing.
        cpu: CPU time of all roles.
    """

    worker: float
    work: float
    share: float
    cpu: float


def advise(points: Sequence[ScalePoint], fewest: Sequence[Run], idle: Sequence[Run], host: Host) -> str:
    """Return how many workers suit this work, with the figures that say so.

    Where c CPU seconds of all roles go into a task, and a worker needs w seconds from one task to the next, so many
    workers fill the cores: cores × w / c. A worker of CPU-bound work has c ≈ w: as many as cores. One that mostly waits
    leaves its core to others: more.

    Args:
        points: of one transport, the fewest workers first.
        fewest: the rounds with the fewest workers, where they disturb each other least.
        idle: rounds of the same transport and workers whose tasks do nothing: what the transport needs of their CPU.
        host: the machine.
    """
    if not all(run.all_ours for run in fewest):
        return "Not all that worked was ours: how much of a task is CPU cannot be told."
    need = need_of(fewest, idle)
    if need is None:
        return ""
    if need.work < LITTLE * need.worker:
        return (
            f"Little work: {_time(need.work)} for a task, of {_time(need.worker)} of a worker: what scales here is the "
            "transport. More tasks in a message (-b) help more than more workers."
        )
    fewer = "fewer workers (-w 1,2), or " if points[0].workers > 1 else ""
    if usage_of(fewest, host).full and ONLY_WAITS < need.share < MOSTLY_CPU:
        return (
            f"{_time(need.work)} for a task, {need.share:.0%} of it CPU; but all CPU ({_cores(host.cores)}) was in use "
            "even with the fewest workers: what a task waited for by itself, and what for a core, cannot be told. "
            f"Try {fewer}a machine that has nothing else to do."
        )
    return _by_kind(need, points, host.cores)


def need_of(runs: Sequence[Run], idle: Sequence[Run]) -> Need | None:
    """Return what a task needs, medians over the rounds; None where nothing was done."""
    done = [run for run in runs if run.delivery.completed and run.execute_seconds]
    if not done:
        return None
    work = _each(done, lambda run: run.execute_seconds)
    cpu = _each(done, lambda run: sum(run.cost.cpu_seconds.values()))
    of_task = max(0.0, _each(done, _of_workers) - _each(idle, _of_workers))
    return Need(_each(done, lambda run: run.workers * run.seconds), work, min(1.0, of_task / work), cpu)


def _each(runs: Sequence[Run], seconds: Callable[[Run], float]) -> float:
    """Return some seconds for each task, the median over the rounds; 0 where there are none."""
    return statistics.median([seconds(run) / run.delivery.completed for run in runs if run.delivery.completed] or [0.0])


def _of_workers(run: Run) -> float:
    return run.cost.cpu_seconds.get("workers", sum(run.cost.cpu_seconds.values()))


def _by_kind(need: Need, points: Sequence[ScalePoint], cores: int) -> str:
    gil = next((point for point in points if point.limit == GIL), None)
    usable = 1 if gil else cores
    full = max(1, round(usable * need.worker / need.cpu)) if need.cpu else None
    figures = f"{_time(need.work)} for a task, {need.share:.0%} of it CPU"
    if need.share >= MOSTLY_CPU and gil:
        return f"CPU-bound, and it holds the GIL: {figures}. Threads take turns; processes use all cores."
    if need.share >= MOSTLY_CPU:
        return f"CPU-bound: {figures}. About as many workers as cores ({cores:,}): a core does one thing at a time."
    kind, pay = ("I/O-bound", "pay") if need.share <= HARDLY_CPU else ("Mixed", "pay, but not many")
    said = f"{kind}: {figures}. More workers than cores {pay}, since one that waits leaves its core to others."
    if full is None:
        return said
    many = f"{full:,} worker" + ("" if full == 1 else "s")
    beyond = ", more than were measured" if full > points[-1].workers else ""
    what = "the GIL" if gil else _cores(cores)
    return f"{said} {_time(need.cpu)} CPU of all roles for a task fill {what} with about {many}{beyond}."


def _cores(cores: int) -> str:
    return f"{cores:,} core" + ("" if cores == 1 else "s")


def _time(seconds: float) -> str:
    return f"{seconds * 1e3:,.3g} ms" if seconds >= MILLISECOND else f"{seconds * 1e6:.3g} µs"
