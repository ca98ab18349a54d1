"""What each transport costs a task and how far it carries; the break-even times that were tried."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from crossover.report.terminal.layout.columns import Column, bars
from crossover.report.terminal.layout.grid import Grid
from crossover.report.wording.comparison.crossing import CHECKS, DOUBTFUL, check_rows, crossing_headings, crossing_rows
from crossover.results.comparison import Result


def crossing(result: Result) -> list[Grid]:
    """Return the table of what each transport costs and how far it carries."""
    rows = crossing_rows(result)
    if not rows:
        return []
    costs = [one.overhead_us for one in result.summary if one.overhead_us is not None]
    top = max(costs)
    first, overhead, *rest = _columns(crossing_headings(result), rows)
    drawn = bars([cost / top if top > 0 else 0.0 for cost in costs], rank=1)
    return [Grid([first, overhead, drawn, *rest])]


def checks(result: Result) -> list[Grid]:
    """Return the table of the break-even times that were tried."""
    found = result.checks
    if not found:
        return []
    *figures, verdicts = _columns(CHECKS, check_rows(found))
    whole = Column("95% interval", [f"{100 * one.low:.1f} to {100 * one.high:.1f}%" for one in found], rank=1)
    drawn = bars([min(1.0, max(0.0, one.measured)) for one in found], rank=2)
    colours = [Text(str(cell), style="yellow" if cell in DOUBTFUL else "") for cell in verdicts.cells]
    return [Grid([*figures, whole, drawn, Column(verdicts.heading, colours, left=True)])]


def _columns(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[Column]:
    return [Column(heading, [row[number] for row in rows], kept=True) for number, heading in enumerate(headings)]
