"""What a run of a shared state says: what was lost, whether anything could have been, and how fair it was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from crossover.analysis.latency.timing import percentiles
from crossover.contract.updates import UpdateReport

ENOUGH_OVERLAP = 0.5
FEWEST = 2  # workers, of whom one can lose what another has written


def judge(works: Sequence[UpdateReport], final: int | None, *, shared: bool) -> dict[str, Any]:
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
