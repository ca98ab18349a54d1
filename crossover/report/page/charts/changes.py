"""What is slower or faster than before, with the interval of each, and what it may be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import altair as alt

from crossover.report.page.charts.theme import COLOURS, EXACT, GREEN, INK, RED, colours, data, finished, legend, names
from crossover.report.page.parts import Chart
from crossover.report.topics.outline import Table
from crossover.report.wording.figures import percent
from crossover.results.difference import CaseChange, Change, Difference
from crossover.results.records import ENOUGH_ROUNDS

HEADINGS = ("case", "unit", "before", "now", "slower by, %", "95 % from", "95 % to", "")
SHADES = {Change.SLOWER: RED, Change.FASTER: GREEN, Change.CLOSE: COLOURS[-1]}
PERCENT = 100


def changes(found: Difference) -> Iterator[Chart]:
    """Return by how much each case is slower, right of 0, or faster; the interval of fewer rounds means nothing."""
    known = _known(found)
    if not known:
        return
    values = data({"name": one.case, **_figures(one), "change": str(one.change)} for one in known)
    figures = [alt.Tooltip(f"{name}:Q", format=EXACT) for name in ("slower", "from", "to")]
    base = alt.Chart(values).encode(y=names([one.case for one in known]), tooltip=["name:N", "change:N", *figures])
    x = alt.X("slower:Q", title="slower, % (below 0: faster)", axis=alt.Axis(tickCount=6))
    shown = list(dict.fromkeys(str(one.change) for one in known))
    shade = alt.Color(
        "change:N", scale=colours(shown, [SHADES[Change(word)] for word in shown]), legend=legend(len(shown))
    )
    interval = base.mark_rule(strokeWidth=2).encode(x=alt.X("from:Q"), x2="to:Q", color=shade)
    point = base.mark_point(filled=True, size=80, opacity=1).encode(x=x, color=shade)
    layers = (_line(0, []), _line(found.threshold * PERCENT, [4, 4]), interval, point)
    yield Chart("changes", _says(known), finished(*layers, rows=len(known)), changes_table(found))


def changes_table(found: Difference) -> Table:
    """Return all cases, as they were and as they are."""
    caption = f"What is slower or faster, with its 95 % interval; dashed: the threshold, {percent(found.threshold)}"
    return Table(caption, HEADINGS, _rows(found))


def table_without_chart(found: Difference) -> list[Table]:
    """Return the table of all cases where no chart has it: no case has enough rounds."""
    return [] if _known(found) else [changes_table(found)]


def _known(found: Difference) -> list[CaseChange]:
    return [one for one in found.changes if one.change in SHADES and one.rounds >= ENOUGH_ROUNDS]


def _line(at: float, dash: list[int]) -> Any:
    return alt.Chart(data([{"at": at}])).mark_rule(color=INK, opacity=0.6, strokeDash=dash).encode(x="at:Q")


def _figures(one: CaseChange) -> dict[str, float | None]:
    told = one.rounds >= ENOUGH_ROUNDS
    parts = {"slower": one.slower, "from": one.low if told else None, "to": one.high if told else None}
    return {name: None if part is None else part * PERCENT for name, part in parts.items()}


def _rows(found: Difference) -> list[list[Any]]:
    return [
        [one.case, one.unit, one.base, one.new, *_figures(one).values(), one.harm or str(one.change)]
        for one in found.changes
    ]


def _says(known: Sequence[CaseChange]) -> str:
    each = ", ".join(f"{one.case} {percent(one.slower or 0.0)} ({one.change})" for one in known)
    return f"How much slower each is than before, with 95 % intervals: {each}."
