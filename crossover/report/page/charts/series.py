"""Each case over time: the older results, the band that they make, and the newest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import altair as alt

from crossover.report.page.charts.drawing.theme import BLUE, EXACT, GREEN, INK, RED, REMARK, data, finished
from crossover.report.page.parts import Chart
from crossover.report.topics.outline import Table
from crossover.report.wording.differences.of_many import CHANGES, change
from crossover.results.conclusions.difference import CaseSeries, Change, Difference, Point, PointRole

HEADINGS = ("result", "started", "", "rounds", "band, low", "band, high", "role", "slightly different")
HOW = (
    "Shaded: the band, from the first result that makes it. Filled: makes the band; hollow: an outlier, or a level "
    "before; diamond: the newest."
)
SHADES = {Change.SLOWER: RED, Change.FASTER: GREEN}
HEIGHT = 150
MARGIN = 0.08  # of what is shown, above and below it


def series(found: Difference) -> Iterator[Chart]:
    """Return a chart of each case that has more than one result."""
    shown = [one for one in found.series if len(one.points) > 1]
    for number, one in enumerate(shown, start=1):
        table = _table(found, one)
        yield Chart(f"series-{number}", _says(one), _spec(found, one), table, HOW if number == 1 else "")


def tables_without_chart(found: Difference) -> list[Table]:
    """Return the table of each case that has no chart, since there is one result at most."""
    return [_table(found, one) for one in found.series if one.unit and len(one.points) == 1]


def _spec(found: Difference, one: CaseSeries) -> dict[str, Any]:
    newest = [point for point in one.points if point.role is PointRole.NEWEST]
    counted = [point for point in one.points if point.role is PointRole.COUNTED]
    others = [point for point in one.points if point.role in {PointRole.OUTLIER, PointRole.OTHER_LEVEL}]
    shown = [value for value in (*(point.value for point in one.points), one.low, one.high) if value is not None]
    margin = MARGIN * (max(shown) - min(shown)) or MARGIN * max(shown)
    y_scale = alt.Scale(domain=[max(0.0, min(shown) - margin), max(shown) + margin], nice=False, zero=False)
    y = alt.Y("value:Q", title=one.unit, scale=y_scale, axis=alt.Axis(format=",~r", tickCount=4))
    x = alt.X("started:T", title=None, scale=alt.Scale(type="utc"), axis=alt.Axis(labelOverlap=True))
    tooltip = [
        "result:N",
        alt.Tooltip("started:T", format="%Y-%m-%d %H:%M"),
        alt.Tooltip("value:Q", format=EXACT),
        "role:N",
        "noted:N",
    ]
    notes = _notes(found)

    def marks(points: list[Point], **look: Any) -> list[Any]:
        if not points:  # a layer without data has no scale, which the browser complains about
            return []
        values = data(
            {"result": point.result, "started": point.started_at, "value": point.value, "role": str(point.role),
             "noted": notes.get(point.result, "")}
            for point in points
        )  # fmt: skip
        return [alt.Chart(values).mark_point(opacity=1, **look).encode(x=x, y=y, tooltip=tooltip)]

    shade = SHADES.get(one.change, BLUE)
    layers = [
        *_band(one, counted, newest, y_scale),
        *marks(counted, filled=True, size=40, color=BLUE),
        *marks(others, filled=False, size=40, color=INK),
        *marks(newest, filled=True, size=140, shape="diamond", color=shade, stroke=INK),
    ]
    if one.harm:
        told = alt.Chart(data([{"read": one.harm}])).mark_text(**REMARK)
        layers.append(told.encode(x=alt.value(4), y=alt.value(-6), text="read:N"))
    return finished(*layers, height=HEIGHT)


def _band(one: CaseSeries, counted: list[Point], newest: list[Point], scale: alt.Scale) -> list[Any]:
    if one.low is None or not counted:
        return []
    ends = data(
        {"started": point.started_at, "low": one.low, "middle": one.middle, "high": one.high}
        for point in (counted[0], (newest or counted)[-1])
    )
    base = alt.Chart(ends).encode(x=alt.X("started:T"))
    return [
        base.mark_area(color=BLUE, opacity=0.18).encode(y=alt.Y("low:Q", scale=scale), y2="high:Q"),
        base.mark_line(color=BLUE, strokeDash=[4, 4], strokeWidth=1).encode(y=alt.Y("middle:Q", scale=scale)),
    ]


def _notes(found: Difference) -> dict[str, str]:
    return {one.name: "; ".join(one.slight) for one in found.older or ()}


def _table(found: Difference, one: CaseSeries) -> Table:
    notes = _notes(found)
    headings = [one.unit if heading == "" else heading for heading in HEADINGS]
    rows = [
        [point.result, point.started_at, point.value, point.rounds, *_ends(one, point), str(point.role),
         notes.get(point.result) or None]
        for point in one.points
    ]  # fmt: skip
    return Table(f"{one.case}: {change(one)}", headings, rows)


def _ends(one: CaseSeries, point: Point) -> tuple[float | None, float | None]:
    return (one.low, one.high) if point.role in {PointRole.COUNTED, PointRole.NEWEST} else (None, None)


def _says(one: CaseSeries) -> str:
    older = sum(1 for point in one.points if point.role is not PointRole.NEWEST)
    return (
        f"{one.case}: {one.unit} of {older:,} older results and the newest, over time; the newest is "
        f"{CHANGES[one.change]}: {change(one)}{f'; {one.harm}' if one.harm else ''}."
    )
