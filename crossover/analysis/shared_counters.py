"""Shared counters: what each run lost, whether it could have, how fair it was; and what synchronisation costs."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from crossover.analysis.latency.timing import percentiles
from crossover.analysis.statistics.intervals import interval
from crossover.analysis.statistics.paired import paired_ratio
from crossover.analysis.verdict import GOOD_ENDINGS
from crossover.contract.counters import UpdateReport
from crossover.contract.traits import StateTraits
from crossover.results.share import Finding, Reach, ShareRun, ShareSummary

ENOUGH_OVERLAP = 0.5  # of the run: all workers must be at work, so that updates can be lost
FEWEST_WORKERS = 2  # so that one can overwrite what another has written


def judge_updates(reports: Sequence[UpdateReport], final: int | None, *, shared: bool) -> dict[str, Any]:
    """Return the fields of a run's record that are about its updates.

    Args:
        reports: one of each worker.
        final: the counter's last value; None if it was lost.
        shared: whether the workers share anything at all; if not, they cannot meet.
    """
    updates = sum(report.updates for report in reports)
    began, ended = min(report.began for report in reports), max(report.ended for report in reports)
    seconds = (ended - began) / 1e9
    overlap = overlap_of(reports)
    reasons: Counter[str] = Counter()
    for report in reports:
        reasons.update(report.reasons)
    samples = sorted(latency for report in reports for latency in report.latencies)
    met = all(report.turns is None or report.turns > 0 for report in reports) or not shared
    return {
        "updates": updates,
        "seconds": seconds,
        "updates_per_second": updates / seconds if seconds else 0.0,
        "lost_updates": None if final is None else max(0, updates - final),
        "unacknowledged": None if final is None else max(0, final - updates),
        "final": final,
        "overlapped": len(reports) >= FEWEST_WORKERS and overlap >= ENOUGH_OVERLAP and met,
        "overlap": overlap,
        "turns": sum(report.turns or 0 for report in reports),
        "fairness": fairness_of(reports),
        "latency_us": percentiles(samples, 1e3) if samples else None,
        "retries": sum(report.retries for report in reports),
        "errors": sum(reasons.values()),
        "reasons": dict(reasons),
    }


def overlap_of(reports: Sequence[UpdateReport]) -> float:
    """Return the fraction of the time in which all workers were at work, of the time in which any was: 0 to 1."""
    common = min(report.ended for report in reports) - max(report.began for report in reports)
    span = max(report.ended for report in reports) - min(report.began for report in reports)
    return max(0.0, common / span) if span else 0.0


def fairness_of(reports: Sequence[UpdateReport]) -> float:
    """Return Jain's index of the workers' rates: (Σx)² / (n Σx²) (Jain, Chiu, Hawe 1984)."""
    rates = [report.updates / max(1, report.ended - report.began) for report in reports]
    squares = sum(rate * rate for rate in rates)
    return sum(rates) ** 2 / (len(rates) * squares) if squares else 1.0


def summarise_states(runs: Mapping[str, Sequence[ShareRun]], traits: Mapping[str, StateTraits]) -> list[ShareSummary]:
    """Return one summary per state, in the order of the plan.

    Args:
        runs: label → its runs, at least one.
        traits: label → the traits of the state.
    """
    found = {label: _summary(label, rounds, traits[label]) for label, rounds in runs.items()}
    others = {label: found.get(_unsafe_label(label, traits[label])) for label in found}
    pairs = sum(other is not None for other in others.values())
    for label, one in found.items():
        other = others[label]
        if other and one.updates_per_second and other.updates_per_second:
            found[label] = replace(
                one,
                without=other.state,
                factor=one.updates_per_second / other.updates_per_second,
                added_us=1e6 / one.updates_per_second - 1e6 / other.updates_per_second,
                ratio=paired_ratio(_rates(runs[other.state]), _rates(runs[label]), comparisons=pairs),
            )
    return list(found.values())


def _rates(runs: Sequence[ShareRun]) -> dict[int, float]:
    """Return round → updates/s, of the rounds that ended well."""
    return {run.round: run.updates_per_second for run in runs if run.updates_per_second and ended_well(run)}


def _unsafe_label(label: str, traits: StateTraits) -> str:
    """Return the label of the state on the same server without the synchronisation of this one; "" if there is none."""
    return traits.without + label.partition("?")[0].removeprefix(traits.name) if traits.without else ""


def _summary(label: str, runs: Sequence[ShareRun], traits: StateTraits) -> ShareSummary:
    figures = interval([run.updates_per_second for run in runs])
    timed = [run.latency_us for run in runs if run.latency_us]
    return ShareSummary(
        state=label,
        made_safe_by=traits.made_safe_by,
        safe=traits.safe,
        updates_per_second=figures.median,
        ci95_low=figures.low,
        ci95_high=figures.high,
        updates=sum(run.updates for run in runs),
        lost_updates=sum(run.lost_updates or 0 for run in runs),
        retries=sum(run.retries for run in runs),
        errors=sum(run.errors for run in runs),
        rounds=len(runs),
        overlapped=sum(run.overlapped for run in runs),
        fairness=statistics.median(run.fairness for run in runs),
        p50_us=statistics.median(one.p50 for one in timed) if timed else None,
        p99_us=statistics.median(one.p99 for one in timed) if timed else None,
        verdict=_verdict(runs, traits),
        reach=_reach(traits),
    )


def _reach(traits: StateTraits) -> Reach:
    if traits.server:
        return Reach.MACHINES
    return Reach.THREADS if traits.threads else Reach.PROCESSES


def _verdict(runs: Sequence[ShareRun], traits: StateTraits) -> Finding:
    if any(broke_promise(run) for run in runs):
        return Finding.BROKEN_PROMISE
    if any(not ended_well(run) for run in runs):
        return Finding.DAMAGED
    if not any(run.overlapped for run in runs) and not any(run.lost_updates for run in runs if traits.shared):
        return Finding.NOTHING_PROVED
    if not traits.shared:
        return Finding.NOTHING_SHARED
    return Finding.LOST if any(run.lost_updates for run in runs) else Finding.KEPT


def ended_well(run: ShareRun) -> bool:
    """Return whether no worker died and nothing broke."""
    return run.ending.partition(":")[0] in GOOD_ENDINGS


def broke_promise(run: ShareRun) -> bool:
    """Return whether a safe state lost updates, or counted some twice although no worker died."""
    counted_twice = run.unacknowledged and ended_well(run)
    return run.safe and bool(run.lost_updates or counted_twice)


def went_wrong(run: ShareRun) -> bool:
    """Return whether a run was unexpected: a broken promise, failed updates, or a worker that died."""
    return broke_promise(run) or run.errors > 0 or not ended_well(run)
