"""Whether the rounds that have been measured are enough."""

from __future__ import annotations

from collections.abc import Sequence

from crossover.analysis.statistics import interval
from crossover.contract.records import Run

FEWEST = 5


def sure(runs: Sequence[Run], within: float) -> bool:
    """Say whether the interval of every median is narrow enough, after five rounds at least.

    Args:
        runs: of some rounds of the same cases.
        within: the half width, as a part of the median.
    """
    return all(len(figures) >= FEWEST and interval(figures).half <= within for figures in figures_of(runs).values())


def figures_of(runs: Sequence[Run]) -> dict[tuple[str, int | None], list[float]]:
    """Return (label, payload size) → the throughput of each round."""
    found: dict[tuple[str, int | None], list[float]] = {}
    for run in runs:
        found.setdefault((run.transport, run.payload_bytes), []).append(run.throughput)
    return found
