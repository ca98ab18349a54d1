"""Shared counters: what each run lost, whether it could have, how fair it was; and what synchronisation costs."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from crossover.analysis.latency.timing import percentiles
from crossover.analysis.statistics import interval
from crossover.analysis.verdict import GOOD_ENDINGS
from crossover.contract.shared_state import SharedState
from crossover.contract.updates import UpdateReport
from crossover.results.share import Finding, ShareRun, ShareSummary

ENOUGH_OVERLAP = 0.5
FEWEST = 2  # workers, of whom one can lose what another has written


def judge_updates(works: Sequence[UpdateReport], final: int | None, *, shared: bool) -> dict[str, Any]:
    """Return what a run's record says of its updates.

    Args:
        works: of each worker.
        final: what the counter is in the end.
        shared: whether the workers share anything at all; where not, they cannot see each other.
    """
    updates = sum(work.updates for work in works)
    began, ended = min(work.began for work in works), max(work.ended for work in works)
    seconds = (ended - began) / 1e9
    overlap = overlap_of(works)
    reasons: Counter[str] = Counter()
    for work in works:
        reasons.update(work.reasons)
    samples = sorted(latency for work in works for latency in work.latencies)
    met = all(work.turns is None or work.turns > 0 for work in works) or not shared
    return {
        "updates": updates,
        "seconds": seconds,
        "updates_per_second": updates / seconds if seconds else 0.0,
        "lost_updates": None if final is None else max(0, updates - final),
        "unacknowledged": None if final is None else max(0, final - updates),
        "final": final,
        "overlapped": len(works) >= FEWEST and overlap >= ENOUGH_OVERLAP and met,
        "overlap": overlap,
        "turns": sum(work.turns or 0 for work in works),
        "fairness": fairness_of(works),
        "latency_us": percentiles(samples, 1e3) if samples else None,
        "retries": sum(work.retries for work in works),
        "errors": sum(reasons.values()),
        "reasons": dict(reasons),
    }


def overlap_of(works: Sequence[UpdateReport]) -> float:
    """Return the time in which all were at work, of the time in which any was: 0 to 1."""
    common = min(work.ended for work in works) - max(work.began for work in works)
    span = max(work.ended for work in works) - min(work.began for work in works)
    return max(0.0, common / span) if span else 0.0


def fairness_of(works: Sequence[UpdateReport]) -> float:
    """Return Jain's index of the workers' rates: (Σx)² / (n Σx²) (Jain, Chiu, Hawe 1984)."""
    rates = [work.updates / max(1, work.ended - work.began) for work in works]
    squares = sum(rate * rate for rate in rates)
    return sum(rates) ** 2 / (len(rates) * squares) if squares else 1.0


def summarise_states(
    runs: Mapping[str, Sequence[ShareRun]], kinds: Mapping[str, type[SharedState]]
) -> list[ShareSummary]:
    """Return one summary per state, in the order in which they were asked for.

    Args:
        runs: label → its rounds, at least one.
        kinds: label → the state's class.
    """
    found = {label: _summary(label, rounds, kinds[label]) for label, rounds in runs.items()}
    for label, one in found.items():
        other = found.get(_beside(label, kinds[label]))
        if other and one.updates_per_second and other.updates_per_second:
            found[label] = replace(
                one,
                without=other.state,
                factor=one.updates_per_second / other.updates_per_second,
                added_us=1e6 / one.updates_per_second - 1e6 / other.updates_per_second,
            )
    return list(found.values())


def _beside(label: str, kind: type[SharedState]) -> str:
    """Return the label of the state, in the same server, that does without what makes this one safe."""
    return kind.without + label.partition("?")[0].removeprefix(kind.name) if kind.without else ""


def _summary(label: str, runs: Sequence[ShareRun], kind: type[SharedState]) -> ShareSummary:
    figures = interval([run.updates_per_second for run in runs])
    timed = [run.latency_us for run in runs if run.latency_us]
    return ShareSummary(
        state=label,
        made_safe_by=kind.made_safe_by,
        safe=kind.safe,
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
        verdict=_verdict(runs, kind),
    )


def _verdict(runs: Sequence[ShareRun], kind: type[SharedState]) -> Finding:
    if any(broke_promise(run) for run in runs):
        return Finding.BROKEN_PROMISE
    if any(not ended_well(run) for run in runs):
        return Finding.DAMAGED
    if not any(run.overlapped for run in runs) and not any(run.lost_updates for run in runs if kind.shared):
        return Finding.NOTHING_PROVED
    if not kind.shared:
        return Finding.NOTHING_SHARED
    return Finding.LOST if any(run.lost_updates for run in runs) else Finding.KEPT


def ended_well(run: ShareRun) -> bool:
    """Say whether nobody died, and nothing broke."""
    return run.ending.partition(":")[0] in GOOD_ENDINGS


def broke_promise(run: ShareRun) -> bool:
    """Say whether a state that promises to be safe was not: what was made by a worker that died is no such thing."""
    counted_twice = run.unacknowledged and ended_well(run)
    return run.safe and bool(run.lost_updates or counted_twice)


def went_wrong(run: ShareRun) -> bool:
    """Say whether a run is one that nobody expects: a broken promise, an update that was given up, a death."""
    return broke_promise(run) or run.errors > 0 or not ended_well(run)
