"""Each case over time: the newest, its band, and a small line of all results."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from crossover.report.terminal.layout.columns import AnyColumn, Column, Drawn
from crossover.report.terminal.layout.drawing import line_between
from crossover.report.terminal.layout.grid import Grid
from crossover.report.terminal.tables.cases import STYLES
from crossover.report.wording.differences.of_many import band, change, counted
from crossover.report.wording.figures import or_dash
from crossover.results.conclusions.difference import CaseSeries, Difference, PointRole

LEGEND = "Over time: the lowest result to the highest, the oldest first; after the space, the newest."
LEAST, USUAL, WIDEST = 9, 10, 44  # columns of the line
FLAT = 0.1  # a line shows this part of its highest value at least: less is noise


def series(found: Difference) -> list[Grid]:
    """Return a table for each unit."""
    return [_table([one for one in found.series if one.unit == unit])
            for unit in dict.fromkeys(one.unit for one in found.series if one.unit)]  # fmt: skip


def _table(cases: Sequence[CaseSeries]) -> Grid:
    words = [Text(change(one), style="bold red" if one.breached else STYLES.get(one.change, "")) for one in cases]
    columns: list[AnyColumn] = [
        Column("case", [one.case for one in cases]),
        Column(cases[0].unit, [or_dash(_newest(one)) for one in cases]),
        Column("", words, left=True),
        Column("band", [band(one) for one in cases], rank=2),
        Column("older", [f"{counted(one):,}" for one in cases], rank=3),
        _over_time(cases),
    ]
    return Grid(columns, legend=LEGEND)


def _newest(one: CaseSeries) -> float | None:
    return next((point.value for point in one.points if point.role is PointRole.NEWEST), None)


def _over_time(cases: Sequence[CaseSeries]) -> Drawn:
    """Return a column with a mark for each result; where there are more of them than room, for the last ones."""

    def draw(number: int, width: int) -> str:
        older = [point.value for point in cases[number].points if point.role is not PointRole.NEWEST]
        newest = _newest(cases[number])
        if newest is None:
            return line_between(older[-width:], FLAT)
        line = line_between([*older[2 - width :], newest], FLAT)
        return f"{line[:-1]} {line[-1]}"

    most = max(len(one.points) + 1 for one in cases)
    return Drawn(draw, LEAST, min(USUAL, max(LEAST, most)), min(WIDEST, max(LEAST, most)), "over time", rank=1)
