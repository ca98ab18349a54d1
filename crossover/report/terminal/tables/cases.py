"""The cases that two results share."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from crossover.report.terminal.layout.columns import AnyColumn, Column, Drawn
from crossover.report.terminal.layout.drawing import on_axis
from crossover.report.terminal.layout.grid import Grid
from crossover.report.wording.differences.of_two import change
from crossover.report.wording.figures import or_dash, percent
from crossover.results.conclusions.difference import CaseChange, Change, Difference
from crossover.results.records import ENOUGH_ROUNDS

LEGEND = "│ no change, o median, < > 95% interval. Right of │: slower; the end of the axis is {}."
LEAST, WIDEST = 21, 61  # columns of what is drawn; odd, so that there is one in the middle
MOST = 1.0  # of what is drawn: slower by as much again
STYLES = {Change.SLOWER: "yellow", Change.FASTER: "green"}


def cases(found: Difference) -> list[Grid]:
    """Return a table for each unit."""
    changes = found.changes
    return [_table([one for one in changes if one.unit == unit])
            for unit in dict.fromkeys(one.unit for one in changes if one.unit)]  # fmt: skip


def _table(changes: Sequence[CaseChange]) -> Grid:
    ends = [abs(value) for one in changes for value in (one.low, one.high) if value is not None]
    end = min(MOST, max(ends, default=0.0))
    words = [Text(change(one), style="bold red" if one.breached else STYLES.get(one.change, "")) for one in changes]
    columns: list[AnyColumn] = [
        Column("case", [one.case for one in changes]),
        Column(changes[0].unit, [or_dash(one.base) for one in changes]),
        Column("now", [or_dash(one.new) for one in changes]),
        Column("", words, left=True),
        Column("rounds", [f"{one.rounds:,}" for one in changes], rank=2),
        _intervals(changes, end),
    ]
    return Grid(columns, legend=LEGEND.format(percent(end) if end < MOST else f"{percent(MOST)} or more"))


def _intervals(changes: Sequence[CaseChange], end: float) -> Drawn:
    """Return a column that shows how much slower each is, and the interval of that; its end is slower by this part."""

    def draw(number: int, width: int) -> str:
        one = changes[number]
        marks = {"<": one.low, ">": one.high, "o": one.slower} if one.rounds >= ENOUGH_ROUNDS else {}
        places = {mark: 0.5 + value / end / 2 for mark, value in marks.items() if value is not None and end}
        return on_axis(places, width, zero=0.5)

    return Drawn(draw, LEAST, LEAST, WIDEST, rank=1)
