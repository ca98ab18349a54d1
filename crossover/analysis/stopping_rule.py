"""Whether the rounds that have been measured are enough."""

from __future__ import annotations

from collections.abc import Sequence

from crossover.analysis.statistics import interval
from crossover.results.records import OPEN, Run

FEWEST = 5


def is_precise_enough(runs: Sequence[Run], within: float) -> bool:
    """Say whether the interval of every median is narrow enough, after five rounds at least.

    Args:
        runs: of some rounds of the same cases.
        within: the half width, as a part of the median.
    """
    last = max((run.round for run in runs), default=0)
    going_on = {_key(run) for run in runs if run.round == last}  # the others have been left out
    figures = {key: found for key, found in figures_by_case(runs).items() if key in going_on}
    return last >= FEWEST and all(interval(found).relative_half_width <= within for found in figures.values())


def figures_by_case(runs: Sequence[Run]) -> dict[tuple[str, int | None], list[float]]:
    """Return (label, payload size) → what each round is judged by: throughput, at a rate p99."""
    found: dict[tuple[str, int | None], list[float]] = {}
    for run in runs:
        latency = run.latency_ms if run.load.mode == OPEN else None
        found.setdefault(_key(run), []).append(latency.p99 if latency else run.throughput)
    return found


def _key(run: Run) -> tuple[str, int | None]:
    return run.transport, run.payload_bytes
