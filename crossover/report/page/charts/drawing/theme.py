"""What all charts share: colours, fonts, legends, and how layers become a specification."""

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
BESIDE: dict[str, Any] = {"align": "left", "dx": 6, "color": INK, "fontSize": 11}  # of what is read right of a mark
REMARK: dict[str, Any] = {
    "align": "left",
    "fontStyle": "italic",
    "color": INK,
    "fontSize": 11,
}  # of what is said in words
LETTER = 6.5  # pixels of a letter next to a mark
STEP = 26  # pixels of a row

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
    "legend": {**QUIET, "symbolFillColor": INK, "symbolStrokeColor": INK, "symbolOpacity": 1, "layout": ABOVE},
}

Row = Mapping[str, Any]


def data(rows: Iterable[Row]) -> alt.InlineData:
    """Return rows as a chart's data, with figures as exact as anybody can see."""
    return alt.InlineData([{key: _short(value) for key, value in row.items()} for row in rows])


def _short(value: Any) -> Any:
    if not isinstance(value, float):
        return value
    return float(f"{value:.6g}") if math.isfinite(value) else None


def colours(domain: Sequence[str], of: Sequence[str] = COLOURS) -> alt.Scale:
    """Return a scale that gives each its colour, in turn."""
    return alt.Scale(domain=list(domain), range=[of[number % len(of)] for number in range(len(domain))])


def shapes(domain: Sequence[str]) -> alt.Scale:
    """Return a scale that gives each its shape, in turn: with its colour it tells 56 apart."""
    return alt.Scale(domain=list(domain), range=[SHAPES[number % len(SHAPES)] for number in range(len(domain))])


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
