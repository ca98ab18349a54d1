"""What several charts and their tables share: intervals, standings, tasks that were not done."""

from __future__ import annotations

from collections.abc import Sequence

from crossover.derived.losses import totals
from crossover.derived.rounds import rounds_of
from crossover.report.wording.figures import UNDONE, figure, standing_label
from crossover.results.comparison import Result
from crossover.results.conclusions.findings import Standing, Summary
from crossover.results.records import Run

KNOWN = "isValid(datum.from)"
"""Which of a chart's data have an interval."""

NOT_TOLD = "-"
DAMAGED = f"({Standing.DAMAGED})"
"""Written next to a mark: colour is never the only sign."""


def undone(runs: Sequence[Run]) -> list[int]:
    """Return how many tasks of some runs were lost, duplicated, failed and corrupted."""
    return list(totals(runs, UNDONE.values()).values())


def harm(runs: Sequence[Run]) -> str:
    """Return what became of tasks that were not done right, as "900 lost, 3 failed"; empty: nothing."""
    return ", ".join(f"{count:,} {what}" for what, count in totals(runs, UNDONE.values()).items() if count)


def said_of(result: Result) -> dict[str, str]:
    """Return for each transport what went wrong with it, or what limited it where it is compared with nothing."""
    return {one.transport: _said(result, one) for one in result.summary}


def _said(result: Result, one: Summary) -> str:
    if one.standing is Standing.DAMAGED:
        return f"{Standing.DAMAGED}: {harm(rounds_of(result, one.transport)) or one.verdict}"
    return f"limited by {one.limit}" if one.standing is Standing.LIMITED and one.limit else ""


def interval(low: float, high: float, rounds: int) -> tuple[float | None, float | None]:
    """Return the ends of a 95% interval; None of a single round, which has none."""
    return (low, high) if rounds > 1 else (None, None)


def standing(found: Standing, *, told: bool) -> str:
    """Return where a transport stands in its group.

    Args:
        found: its standing.
        told: whether there are enough rounds to tell; damage can always be told.
    """
    return standing_label(found) if told or found is Standing.DAMAGED else NOT_TOLD


def read(value: float, *, damaged: object) -> str:
    """Return a figure, and whether something went wrong with it."""
    return f"{figure(value)} {DAMAGED}" if damaged else figure(value)
