"""What all charts share: colours, fonts, axes, and how layers become a specification."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import altair as alt

BLUE, RED, GREEN, PINK = "#1878c2", "#d55e00", "#008f68", "#c2699a"
COLOURS = (BLUE, RED, GREEN, PINK, "#9a7400", "#7f63d8", "#767676")
"""At least 3:1 on white and on the dark page; after Okabe & Ito, for eyes that do not tell red from green."""

SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right", "triangle-left")
EXACT = ",.6~r"  # of a figure that is pointed at: never with an exponent
INK = "currentColor"  # of the text around the chart: light and dark need one specification only
MARGIN = 1.1  # where an axis has no line beyond the last value
LETTER = 6.5  # pixels of a letter next to a mark
STEP = 26  # pixels of a row
NAMES = 140  # pixels that names may take
DECADES = 2
THOUSANDS = 4  # decades, from which on 10k reads better than 10,000
WIDE = 30  # times; from here on the shortest bar could not be seen next to the longest
HEADING = "\u00a7"  # begins the name of a row that has words and no mark

QUIET = {"labelColor": INK, "titleColor": INK, "titleFontWeight": "normal", "labelFontSize": 11, "titleFontSize": 11}
ABOVE = {"top": {"anchor": "start", "direction": "vertical"}}  # a phone has no room for two side by side
CONFIG = {
    "font": "system-ui, sans-serif",
    "background": None,
    "aria": False,  # the place that a chart is drawn in says in words what it shows
    "autosize": {"type": "fit-x", "contains": "padding"},
    "view": {"stroke": None},
    "axis": {
        **QUIET,
        "gridColor": INK,
        "gridOpacity": 0.15,
        "domainColor": INK,
        "tickColor": INK,
        "labelOverlap": True,
    },
    "legend": {**QUIET, "symbolFillColor": INK, "symbolStrokeColor": INK, "layout": ABOVE},
}

Row = Mapping[str, Any]


def data(rows: Iterable[Row]) -> alt.InlineData:
    """Return rows as a chart's data, with figures as exact as anybody can see."""
    return alt.InlineData([{key: _short(value) for key, value in row.items()} for row in rows])


def _short(value: Any) -> Any:
    if not isinstance(value, float):
        return value
    return float(f"{value:.6g}") if math.isfinite(value) else None


def rows_of(groups: Mapping[str, Sequence[str]]) -> list[str]:
    """Return what stands on the axis of names: where there are several groups, the name of each before its members."""
    if len(groups) == 1:
        return [name for members in groups.values() for name in members]
    return [row for group, members in groups.items() for row in (HEADING + group, *members)]


def names(order: Sequence[str]) -> alt.Y:
    """Return the axis of names; the rows that name groups have no label there, see `group_names`."""
    hidden = f"slice(datum.label, 0, 1) == '{HEADING}' ? '' : datum.label"
    axis = alt.Axis(labelExpr=hidden, labelLimit=NAMES, ticks=False, domain=False, title=None, grid=False)
    return alt.Y("name:N", sort=list(order), scale=alt.Scale(domain=list(order)), axis=axis)


def group_names(order: Sequence[str]) -> list[alt.Chart]:
    """Return a layer that writes each group's name in its own row; none where there is one group."""
    groups = [{"name": row, "group": row[1:]} for row in order if row.startswith(HEADING)]
    mark = alt.Chart(data(groups)).mark_text(align="left", fontStyle="italic", color=INK, fontSize=11)
    return [mark.encode(y=names(order), x=alt.value(0), text="group:N")] if groups else []


def colours(domain: Sequence[str], of: Sequence[str] = COLOURS) -> alt.Scale:
    """Return a scale that gives each its colour, in turn."""
    return alt.Scale(domain=list(domain), range=[of[number % len(of)] for number in range(len(domain))])


def shapes(domain: Sequence[str]) -> alt.Scale:
    """Return a scale that gives each its shape, in turn: with its colour it tells 56 apart."""
    return alt.Scale(domain=list(domain), range=[SHAPES[number % len(SHAPES)] for number in range(len(domain))])


def rates(field: str, title: str, values: Sequence[float]) -> tuple[alt.X, bool]:
    """Return an axis of tasks or updates per second, and whether it is logarithmic: where some differ by a lot."""
    apart = min(values, default=0.0) > 0 and max(values) > WIDE * min(values)
    if apart:
        return logarithmic(alt.X(field), title, values), True
    return alt.X(field, title=title, axis=alt.Axis(format=",~r", tickCount=4)), False


def logarithmic(channel: Any, title: str, values: Sequence[float]) -> Any:
    """Return a channel with a logarithmic axis, with lines at 1, 10, 100, and where these are few at 2 and 5, too.

    Args:
        channel: of the chart, x or y.
        title: of the axis.
        values: all that are shown; those above 0 count.
    """
    known = [value for value in values if value > 0] or [1.0]
    least, most = math.floor(math.log10(min(known))), math.ceil(math.log10(max(known)))
    steps = (1,) if most - least > DECADES else (1, 2, 5)
    ticks = [step * 10.0**power for power in range(least, most + 1) for step in steps]
    shown = [tick for tick in ticks if min(known) / 5 <= tick <= max(known) * 5]
    ends = [max((tick for tick in shown if tick <= min(known)), default=min(known) / MARGIN),
            min((tick for tick in shown if tick >= max(known)), default=max(known) * MARGIN)]  # fmt: skip
    scale = alt.Scale(type="log", domain=ends, nice=False)
    axis = alt.Axis(
        values=[tick for tick in shown if ends[0] <= tick <= ends[1]], format=",~g" if most < THOUSANDS else "~s"
    )
    return channel.title(f"{title} (logarithmic)").scale(scale).axis(axis)


def legend(entries: int = 2) -> alt.Legend:
    """Return a legend above the chart, with this number of entries in a line."""
    return alt.Legend(orient="top", title=None, columns=entries, labelLimit=280)


def finished(*layers: Any, rows: int = 0, height: int = 280, labels: Sequence[str] = ()) -> dict[str, Any]:
    """Return a specification that is as wide as its place.

    Args:
        layers: of the chart.
        rows: of names; the chart is as high as they need.
        height: pixels, where there are none.
        labels: what is read right of the marks, and needs room.
    """
    chart = alt.layer(*layers).properties(width="container", height=rows * STEP if rows else height)
    spec = chart.to_dict()
    del spec["$schema"]  # an address, which the page has no use for
    right = 5 + LETTER * max(map(len, labels), default=0)
    return {**spec, "padding": {"left": 2, "right": right, "top": 12, "bottom": 2}, "config": CONFIG}
