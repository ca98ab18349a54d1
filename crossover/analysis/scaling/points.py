"""Throughput, cost and limits for each number of workers, the law behind them, and which number to take."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from crossover.analysis.cpu_usage import FULL, usage_of
from crossover.analysis.scaling import law
from crossover.analysis.scaling.advice import advise
from crossover.analysis.statistics import interval
from crossover.analysis.summary import cpu_us, damage
from crossover.analysis.warnings import BUSY, of_transport
from crossover.results.comparison import Result
from crossover.results.findings import GIL, MACHINE, PRODUCER, Law, ScalePoint, Within
from crossover.results.records import Host, Run

CLOSE = 0.95  # of the best: as good, with fewer workers
OURS = 0.5  # of all cores, where they are full: with less it is others who fill them, and that is a warning
STEPS = 24  # of a law's band
GIL_BOUND = 1.15  # cores: threads that take turns use no more than that together


def points_of(runs: Sequence[Run], host: Host) -> list[ScalePoint]:
    """Return what each number of workers did, through each transport, the fewest workers first.

    Args:
        runs: of any transports.
        host: the machine.
    """
    found: dict[str, dict[int, list[Run]]] = {}
    for run in runs:
        found.setdefault(run.transport, {}).setdefault(run.workers, []).append(run)
    return [_point(rounds, host) for by_count in found.values() for _, rounds in sorted(by_count.items())]


def laws_of(points: Sequence[ScalePoint], result: Result) -> list[Law]:
    """Return how each transport scales; one with other settings, tried with one number of workers, has no law."""
    laws = []
    for label in result.plan.transports:
        runs = [run for run in result.runs if run.transport == label]
        if runs:
            idle = [run for run in result.probes if run.transport == label]
            laws.append(law_of([point for point in points if point.transport == label], runs, idle, result.host))
    return laws


def recommended(points: Sequence[ScalePoint]) -> int:
    """Return the smallest number of workers that is within 5 % of the best.

    Args:
        points: of one transport, at least one; what was damaged counts only where everything was.
    """
    sound = [point for point in points if not point.damage] or points
    best = max(point.throughput for point in sound)
    return min(point.workers for point in sound if point.throughput >= CLOSE * best)


def law_of(points: Sequence[ScalePoint], runs: Sequence[Run], idle: Sequence[Run], host: Host) -> Law:
    """Return how one transport scales.

    Args:
        points: one for each number of workers, the fewest first.
        runs: all of them.
        idle: with the fewest workers, of tasks that do nothing.
        host: the machine.
    """
    found = Law(
        transport=points[0].transport,
        alpha=None,
        beta=None,
        gamma=None,
        peak_workers=None,
        peak_is=None,
        recommended_workers=recommended(points),
        advice=advise(points, [run for run in runs if run.workers == points[0].workers], idle, host),
        refused=_refusal(points),
    )
    if found.refused:
        return found
    try:
        fit = law.fit([run.workers for run in runs], [run.throughput for run in runs])
    except ImportError:
        found.refused = law.MISSING
        return found
    found.alpha, found.beta, found.gamma = fit.alpha, fit.beta, fit.gamma
    found.band = [Within(count, *fit.between(count)) for count in _steps(points[0].workers, points[-1].workers)]
    found.peak_workers = fit.peak
    if fit.peak is not None:
        found.peak_is = "measured" if points[0].workers <= fit.peak <= points[-1].workers else "predicted"
    return found


def _steps(first: int, last: int) -> list[float]:
    return [first + (last - first) * number / STEPS for number in range(STEPS + 1)]


def _refusal(points: Sequence[ScalePoint]) -> str:
    for point in points:
        if point.damage or not point.throughput:
            return f"no scaling law: with {point.workers:,} workers: {point.damage or 'nothing came back'}"
    if len(points) < law.FEWEST_COUNTS:
        return f"no scaling law: it takes {law.FEWEST_COUNTS} worker counts or more (-w), not {len(points)}"
    return ""


def _point(runs: Sequence[Run], host: Host) -> ScalePoint:
    figures = interval([run.throughput for run in runs])
    memory = statistics.median(sum(run.cost.peak_rss_bytes.values()) for run in runs)
    return ScalePoint(
        transport=runs[0].transport,
        workers=runs[0].workers,
        throughput=figures.median,
        ci95_low=figures.low,
        ci95_high=figures.high,
        cpu_us=cpu_us(runs),
        memory_bytes=int(memory) if all(run.all_ours for run in runs) else None,
        limit=_limit(runs, host),
        rounds=len(runs),
        damage=next((found for run in runs if (found := damage(run))), ""),
        warnings=[warning for warning in of_transport(runs) if not warning.startswith("producer-bound")],
    )


def _limit(runs: Sequence[Run], host: Host) -> str:
    """Return what was at its end: one core where only one can be used, or all of them."""
    used = usage_of(runs, host)
    threads = runs[0].name == "threads"
    if threads and host.gil and host.cores > 1 and FULL < used.ours < GIL_BOUND:
        return GIL
    if used.full and used.ours >= OURS * host.cores:
        return MACHINE
    return PRODUCER if not threads and used.producer > BUSY else ""
