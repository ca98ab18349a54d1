"""What is slower or faster than before, with the interval of each case and the threshold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import altair as alt

from crossover.report.page.charts.drawing.axes import logarithmic, names, with_words
from crossover.report.page.charts.drawing.theme import COLOURS, EXACT, GREEN, INK, RED, colours, data, finished, legend
from crossover.report.page.parts import Chart
from crossover.report.topics.outline import Table
from crossover.report.wording.differences.of_two import CHANGES, change, speed
from crossover.report.wording.figures import percent
from crossover.results.conclusions.difference import CaseChange, Change, Difference
from crossover.results.records import ENOUGH_ROUNDS

HEADINGS = ("case", "unit", "before", "now", "speed, × before", "95% low", "95% high", "")
SHADES = {Change.SLOWER: RED, Change.FASTER: GREEN, Change.CLOSE: COLOURS[-1]}


def changes(found: Difference) -> Iterator[Chart]:
    """Return the speed of each case as a multiple of before; of too few rounds there is no interval."""
    known = _known(found)
    if not known:
        return
    values = data({"name": one.case, **_figures(one), "change": CHANGES[one.change]} for one in known)
    figures = [alt.Tooltip(f"{name}:Q", format=EXACT) for name in ("speed", "from", "to")]
    harmed = {one.case: one.harm for one in found.changes if one.harm}
    order, words = with_words(list(dict.fromkeys([*(one.case for one in known), *harmed])), harmed)
    base = alt.Chart(values).encode(y=names(order), tooltip=["name:N", "change:N", *figures])
    shown = list(dict.fromkeys(one.change for one in known))
    shade = alt.Color(
        "change:N",
        scale=colours([CHANGES[change] for change in shown], [SHADES[change] for change in shown]),
        legend=legend(len(shown)),
    )
    x = logarithmic(alt.X("speed:Q"), "speed, × before", _shown(known))
    interval = base.mark_rule(strokeWidth=2).encode(x=alt.X("from:Q"), x2="to:Q", color=shade)
    point = base.mark_point(filled=True, size=80, opacity=1).encode(x=x, color=shade)
    thresholds = {at for one in known if (at := speed(one, found.threshold)) and at > 0}
    lines = [_line(1, []), *(_line(at, [4, 4]) for at in sorted(thresholds))]
    spec = finished(*lines, interval, point, *words, rows=len(order))
    yield Chart("changes", _says(known, harmed), spec, changes_table(found))


def changes_table(found: Difference) -> Table:
    """Return all cases, as they were and as they are."""
    dashed = f"dashed: slower by the threshold, {percent(found.threshold)}"
    caption = f"Speed of each case as a multiple of before, with its 95% interval; {dashed}"
    return Table(caption, HEADINGS, _rows(found))


def table_without_chart(found: Difference) -> list[Table]:
    """Return the table of all cases where no chart has it: no case has enough rounds."""
    return [] if _known(found) else [changes_table(found)]


def _known(found: Difference) -> list[CaseChange]:
    return [one for one in found.changes if one.change in SHADES and one.rounds >= ENOUGH_ROUNDS]


def _line(at: float, dash: list[int]) -> Any:
    return alt.Chart(data([{"at": at}])).mark_rule(color=INK, opacity=0.6, strokeDash=dash).encode(x="at:Q")


def _figures(one: CaseChange) -> dict[str, float | None]:
    """Return the speed and the ends of its interval, the lower one first."""
    told = one.rounds >= ENOUGH_ROUNDS
    ends = {"from": one.high, "to": one.low} if told else {"from": None, "to": None}
    return {name: speed(one, slower) for name, slower in {"speed": one.slower, **ends}.items()}


def _shown(known: Sequence[CaseChange]) -> list[float]:
    return [1.0, *(value for one in known for value in _figures(one).values() if value and value > 0)]


def _rows(found: Difference) -> list[list[Any]]:
    return [
        [one.case, one.unit, one.base, one.new, *_figures(one).values(), one.harm or change(one)]
        for one in found.changes
    ]


def _says(known: Sequence[CaseChange], harmed: Mapping[str, str]) -> str:
    each = ", ".join(f"{one.case} {change(one)}" for one in known)
    each += "".join(f"; {case}: {what}" for case, what in harmed.items())
    return f"Speed of each case as a multiple of before, with 95% intervals: {each}."
