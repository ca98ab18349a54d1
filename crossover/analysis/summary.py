"""The summary of each transport: throughput with its interval, and where it stands in its group."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from crossover.analysis.break_even import break_even_time, overhead_per_task
from crossover.analysis.latency.timing import median_hops
from crossover.analysis.limits.core_usage import SEVERAL, cores_per_task, own_threads_advice
from crossover.analysis.run_selection import RunsByLabel, all_ours, promise_rank, workers_of
from crossover.analysis.statistics.against_fastest import compare_with_fastest
from crossover.analysis.statistics.intervals import interval
from crossover.analysis.statistics.paired import sound_rounds, told_apart
from crossover.analysis.trust.drift import without_drift
from crossover.analysis.trust.enough import unproven
from crossover.analysis.trust.warnings import transport_warnings
from crossover.analysis.verdict import damage, first_damage
from crossover.derived.percentiles import medians
from crossover.derived.ratios import against, between
from crossover.derived.told_cpu_time import told_cpu_seconds
from crossover.results.conclusions.findings import Limit, Ratio, Standing, Summary
from crossover.results.records import ENOUGH_ROUNDS, Percentiles, Run

LITTLE_WORK = 0.5  # of the workers' time: with less work, their tasks are not what keeps the cores busy


def summarise(
    runs: RunsByLabel,
    cores: int,
    idle: RunsByLabel,
    tables: float = 1,
    limits: Mapping[str, Limit] = MappingProxyType({}),
) -> list[Summary]:
    """Return one summary per transport, grouped by delivery guarantee, the fastest of each group first.

    Args:
        runs: label → its runs.
        cores: usable cores of the machine.
        idle: label → its runs of tasks that do nothing, from which overhead and break-even time follow.
        tables: such summaries that are shown together: chance must rarely call a difference in any of them.
        limits: label → what kept it from doing more, where that is known.
    """
    measured = {name: interval([run.throughput for run in rounds]) for name, rounds in runs.items() if rounds}
    groups = {name: runs[name][0].guarantee.group for name in measured}
    members = {group: [name for name in measured if groups[name] == group] for group in groups.values()}
    sound = [[name for name in names if not first_damage(runs[name])] for names in members.values()]
    free = [_free_to_win(names, runs, limits) for names in sound]
    by_median = [sorted(names, key=lambda name: (_has_few(runs[name]), -measured[name].median)) for names in free]
    fastest, ratios = compare_with_fastest(by_median, {name: sound_rounds(runs[name]) for name in measured}, tables)
    ratios = {name: ratio for name, ratio in ratios.items() if not _is_limited(name, fastest.get(name), limits)}
    steady = without_drift(runs)
    doubts = {name: why for name in measured if (why := _doubt(runs, steady, name, fastest.get(name)))}
    found = []
    for name, figures in measured.items():
        warnings = transport_warnings(runs[name], steady[name])
        standing, verdict = _judge(runs[name], fastest.get(name), ratios.get(name), limits, doubts.get(name, ""))
        overhead = overhead_per_task(idle.get(name, ()), cores)
        found.append(
            Summary(
                transport=name,
                throughput=figures.median,
                ci95_low=figures.low,
                ci95_high=figures.high,
                overhead_us=None if overhead is None else overhead * 1e6,
                break_even_ms=None if overhead is None else break_even_time(overhead) * 1e3,
                verdict=verdict,
                standing=standing,
                warnings=[*warnings, *_too_many_workers(runs[name], idle.get(name, ()), cores)],
                group=groups[name],
                cpu_us=cpu_us(runs[name]),
                hops_us=median_hops(runs[name]),
                unloaded_ms=_unloaded(idle.get(name, ())),
                to_fastest=None if name in doubts else ratios.get(name),
                workers=runs[name][0].workers,
                limit=limits.get(name),
            )
        )
    promises = {name: runs[name][0].guarantee for name in measured}
    return sorted(found, key=lambda one: (promise_rank(promises[one.transport]), -one.throughput))


def cpu_us(runs: Sequence[Run]) -> float | None:
    """Return the CPU time of all roles per task in µs, the median of the rounds; None where it cannot be told.

    That is where not all processes are ours, or where it was told in ticks of which there are too few.
    """
    if not all(all_ours(run) and told_cpu_seconds(run) is not None for run in runs):
        return None
    return statistics.median(run.cost.cpu_seconds_per_1000_tasks for run in runs) * 1e3


def _unloaded(idle: Sequence[Run]) -> Percentiles | None:
    """Return the latency where nothing waits: of tasks that do nothing, with one batch per worker."""
    known = [run.latency_ms for run in idle if run.latency_ms is not None and not damage(run)]
    return medians(known) if known else None


def _too_many_workers(runs: Sequence[Run], idle: Sequence[Run], cores: int) -> Iterator[str]:
    """Yield that there are more workers than the cores carry, where each task keeps several cores busy by itself."""
    busy = statistics.median(run.execute_seconds / run.seconds if run.seconds else 0.0 for run in runs)
    by_itself = cores_per_task(runs, idle) or 0.0
    if busy >= LITTLE_WORK * runs[0].workers and by_itself >= SEVERAL and busy * by_itself >= SEVERAL * cores:
        yield f"too many workers: {own_threads_advice(by_itself, cores)}"


def _has_few(runs: Sequence[Run]) -> bool:
    """Return whether there are too few rounds to be the fastest where others have enough."""
    return len(runs) < ENOUGH_ROUNDS


def _free_to_win(names: Sequence[str], runs: RunsByLabel, limits: Mapping[str, Limit]) -> list[str]:
    """Return those of a group that can be compared: the figures of the others are those of the plan.

    Of those with the same number of workers, the most that were tried, each had the same chance. Where no other number
    was tried, that one may be far from what the transports can do.
    """
    limited = {name for name in names if name in limits and limits[name].is_of_plan}
    most = max((workers_of(runs[name][0]) for name in names), default=0)
    fewer = any(runs[name][0].workers < most for name in limited)
    return [
        name
        for name in names
        if name not in limited or (fewer and limits[name] is Limit.WORKERS and workers_of(runs[name][0]) == most)
    ]


def _is_limited(name: str, fastest: str | None, limits: Mapping[str, Limit]) -> bool:
    """Return whether a transport cannot be compared with the fastest of its group, or is compared with none."""
    own = limits.get(name)
    if own is None or not own.is_of_plan or name == fastest:
        return False
    return fastest is None or limits.get(fastest) is not own


def _doubt(runs: RunsByLabel, steady: Mapping[str, Sequence[float]], name: str, fastest: str | None) -> str:
    """Return why nothing can be said of a transport in words: its own runs, or those of the fastest, prove nothing."""
    doubts = (unproven(runs[one], steady[one]) for one in (name, fastest) if one is not None)
    return next(filter(None, doubts), "")


def _judge(
    runs: Sequence[Run], fastest: str | None, ratio: Ratio | None, limits: Mapping[str, Limit], doubt: str
) -> tuple[Standing, str]:
    """Return where a transport stands in its group, and the same in words."""
    name = runs[0].transport
    if problem := first_damage(runs):
        return Standing.DAMAGED, problem
    limited = _is_limited(name, fastest, limits)
    if limited and not (doubt and limits[name] is Limit.INPUT):  # how much input would do is said there
        return Standing.LIMITED, f"{Standing.LIMITED} by {limits[name]}"
    if doubt:
        return Standing.UNPROVEN, f"{Standing.UNPROVEN}: {doubt}"
    if name == fastest:
        return Standing.FASTEST, str(Standing.FASTEST)
    return _compared(fastest or "", ratio)


def _compared(fastest: str, ratio: Ratio | None) -> tuple[Standing, str]:
    """Return how a transport compares with the fastest of its group, and the same in words."""
    if ratio is None or (ratio.rounds < ENOUGH_ROUNDS and not told_apart(ratio)):
        return Standing.CLOSE, f"{Standing.CLOSE} from {fastest}"
    if ratio.high >= 1:
        return Standing.CLOSE, f"no significant difference from {fastest} ({between(ratio)})"
    return Standing.SLOWER, f"{against(ratio)} against {fastest}"
