"""Each number of workers: throughput, CPU, memory and limit; and for each transport the scaling law and the advice."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from msgspec.structs import replace

from crossover.analysis.limits.limit import limit_of
from crossover.analysis.run_selection import all_ours
from crossover.analysis.scaling import law
from crossover.analysis.scaling.advice import advise, recommended_workers
from crossover.analysis.scaling.rising import still_rises
from crossover.analysis.statistics.intervals import interval
from crossover.analysis.statistics.paired import paired_ratio, sound_rounds
from crossover.analysis.summary import cpu_us
from crossover.analysis.trust.warnings import transport_warnings
from crossover.analysis.verdict import first_damage
from crossover.results.comparison import Result
from crossover.results.conclusions.findings import MACHINE, Law, Limit, ScalePoint, Within
from crossover.results.records import Host, Run
from crossover.results.task import TaskSample

BAND_STEPS = 24  # points of a law's confidence band


def scale_points(runs: Sequence[Run], host: Host, task: TaskSample | None = None) -> list[ScalePoint]:
    """Return one point for each transport and number of workers, the fewest workers first.

    Args:
        runs: of any transports.
        host: the machine.
        task: what a task takes by itself; None: unknown.
    """
    found: dict[str, dict[int, list[Run]]] = {}
    for run in runs:
        found.setdefault(run.transport, {}).setdefault(run.workers, []).append(run)
    return [_point(rounds, host, task) for by_count in found.values() for _, rounds in sorted(by_count.items())]


def compare_settings(points: Sequence[ScalePoint], runs: Sequence[Run], transports: Sequence[str]) -> list[ScalePoint]:
    """Return the points, those of other settings with their ratio to the first setting of the same transport.

    Args:
        points: of all transports and of their other settings.
        runs: of all of them.
        transports: labels of the plan; what is not among them is a setting of one.
    """
    groups: dict[str, list[str]] = {}
    for point in points:
        if point.transport not in transports:
            of = max(
                (one for one in transports if point.transport.startswith((f"{one}?", f"{one}&"))), key=len, default=""
            )
            groups.setdefault(of, []).append(point.transport)
    rounds = {
        label: sound_rounds(run for run in runs if run.transport == label) for of in groups.values() for label in of
    }
    compared = sum(len(labels) - 1 for labels in groups.values())
    ratios = {
        label: paired_ratio(rounds[usual], rounds[label], comparisons=compared)
        for usual, *others in groups.values()
        for label in others
    }
    return [replace(point, to_usual=ratios.get(point.transport)) for point in points]


def scaling_laws(points: Sequence[ScalePoint], result: Result) -> list[Law]:
    """Return the scaling law of each transport; its variants, measured with one number of workers, have none."""
    laws = []
    for label in result.plan.transports:
        runs = [run for run in result.runs if run.transport == label]
        if runs:
            idle = [run for run in result.probes if run.transport == label]
            laws.append(scaling_law([point for point in points if point.transport == label], runs, idle, result.host))
    return laws


def scaling_law(points: Sequence[ScalePoint], runs: Sequence[Run], idle: Sequence[Run], host: Host) -> Law:
    """Return the scaling law of one transport, the recommended number of workers, and the advice.

    Args:
        points: one for each number of workers, the fewest first.
        runs: all its runs.
        idle: its probes with the fewest workers and tasks that do nothing.
        host: the machine.
    """
    found = Law(
        transport=points[0].transport,
        alpha=None,
        beta=None,
        gamma=None,
        peak_workers=None,
        peak_is=None,
        recommended_workers=recommended_workers(points),
        advice=advise(points, runs, idle, host),
        refused=_why_not(points) or "",
        still_rising=still_rises(points),
    )
    if found.refused:
        return found
    try:
        fit = law.fit([run.workers for run in runs], [run.throughput for run in runs])
    except ImportError:
        found.refused = law.MISSING
        return found
    found.alpha, found.beta, found.gamma = fit.alpha, fit.beta, fit.gamma
    found.band = [Within(count, *fit.between(count)) for count in _band_counts(points[0].workers, points[-1].workers)]
    found.peak_workers = fit.peak
    if fit.peak is not None:
        found.peak_is = "measured" if points[0].workers <= fit.peak <= points[-1].workers else "predicted"
    return found


def _band_counts(first: int, last: int) -> list[float]:
    return [first + (last - first) * number / BAND_STEPS for number in range(BAND_STEPS + 1)]


def _why_not(points: Sequence[ScalePoint]) -> str | None:
    """Return why no law can be fitted, or None where one can."""
    for point in points:
        if point.damage or not point.throughput:
            return f"no scaling law: with {point.workers:,} workers: {point.damage or 'nothing came back'}"
    if len(points) < law.FEWEST_COUNTS:
        return f"no scaling law: it needs {law.FEWEST_COUNTS} or more numbers of workers (-w), not {len(points)}"
    return None


def _point(runs: Sequence[Run], host: Host, task: TaskSample | None) -> ScalePoint:
    figures = interval([run.throughput for run in runs])
    memory = statistics.median(sum(run.cost.peak_rss_bytes.values()) for run in runs)
    return ScalePoint(
        transport=runs[0].transport,
        workers=runs[0].workers,
        throughput=figures.median,
        ci95_low=figures.low,
        ci95_high=figures.high,
        cpu_us=cpu_us(runs),
        memory_bytes=int(memory) if all(all_ours(run) for run in runs) else None,
        limit=_limit(runs, host, task),
        rounds=len(runs),
        damage=first_damage(runs),
        warnings=[warning for warning in transport_warnings(runs) if not warning.startswith("producer-bound")],
    )


def _limit(runs: Sequence[Run], host: Host, task: TaskSample | None) -> str:
    """Return what limited the throughput; "" if nothing is known."""
    limit = limit_of(runs, host, task)
    return MACHINE if limit is Limit.CORES else str(limit or "")
