"""The stopping rule of --rounds auto: whether the figures are precise enough."""

from __future__ import annotations

from collections.abc import Sequence

from crossover.analysis.statistics.intervals import interval
from crossover.results.records import OPEN, Run

FEWEST_ROUNDS = 5


def is_precise_enough(runs: Sequence[Run], within: float) -> bool:
    """Return whether the interval of every median is narrow enough; never before five rounds.

    Args:
        runs: of all rounds so far.
        within: the largest half width, as a fraction of the median.
    """
    last = max((run.round for run in runs), default=0)
    active = {_key(run) for run in runs if run.round == last}  # the others were skipped
    figures = {key: found for key, found in figures_by_case(runs).items() if key in active}
    return last >= FEWEST_ROUNDS and all(interval(found).relative_half_width <= within for found in figures.values())


def figures_by_case(runs: Sequence[Run]) -> dict[tuple[str, int | None], list[float]]:
    """Return (label, payload size) → one figure per round: the throughput, or p99 latency at a rate."""
    found: dict[tuple[str, int | None], list[float]] = {}
    for run in runs:
        latency = run.latency_ms if run.load.mode == OPEN else None
        found.setdefault(_key(run), []).append(latency.p99 if latency else run.throughput)
    return found


def _key(run: Run) -> tuple[str, int | None]:
    return run.transport, run.payload_bytes
