"""The search for windows: what each transport carries with each window, and which one was used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import altair as alt

from crossover.report.page.charts.drawing.axes import logarithmic
from crossover.report.page.charts.drawing.theme import EXACT, INK, colours, data, finished, legend, shapes
from crossover.report.page.parts import Chart
from crossover.report.topics.outline import Table
from crossover.report.wording.figures import figure
from crossover.results.comparison import Result
from crossover.results.windows import WindowSearch

CAPTION = "Tasks that do nothing, per second, with each window that was tried"
EXPLAINED = "A ring marks the window that was used. Each point is the median of its short runs."
RING = 220  # square pixels


def windows(result: Result) -> Iterator[Chart]:
    """Return the curve of each transport whose window was searched."""
    searches = [search for search in result.window_searches if search.plateau]
    if searches:
        yield Chart("windows", _says(searches), _spec(searches), _table(searches), EXPLAINED)


def _spec(searches: Sequence[WindowSearch]) -> dict[str, Any]:
    order = [search.transport for search in searches]
    tried = _tried(searches)
    values = data(
        {"name": search.transport, "window": f"{point.window:,}", "tasks/s": point.throughput,
         "used": "yes" if point.window == search.window else "no"}
        for search in searches
        for point in search.points
        if point.throughput > 0  # what did nothing has no place on a logarithmic axis
    )  # fmt: skip
    x = alt.X("window:O", title="window, tasks", sort=[f"{window:,}" for window in tried])
    x = x.axis(labelAngle=0, labelOverlap=True)
    y = logarithmic(alt.Y("tasks/s:Q"), "tasks/s", [point.throughput for search in searches for point in search.points])
    base = alt.Chart(values).encode(x=x, y=y, color=alt.Color("name:N", scale=colours(order), legend=legend()))
    shape = alt.Shape("name:N", scale=shapes(order), legend=legend())
    tips = ["name:N", "window:O", alt.Tooltip("tasks/s:Q", format=EXACT), "used:N"]
    used = alt.Chart(values).transform_filter("datum.used == 'yes'").encode(x=x, y=y)
    layers = (
        base.mark_line(strokeWidth=2),
        base.mark_point(filled=True, size=50, opacity=1).encode(shape=shape, tooltip=tips),
        used.mark_point(size=RING, color=INK, strokeWidth=2, filled=False),
    )
    return finished(*layers, height=340)


def _tried(searches: Sequence[WindowSearch]) -> list[int]:
    return sorted({point.window for search in searches for point in search.points})


def _says(searches: Sequence[WindowSearch]) -> str:
    each = "; ".join(
        f"{search.transport} "
        + ", ".join(f"{point.window:,}: {figure(point.throughput)}" for point in search.points)
        + f" (used: {search.window:,})"
        for search in searches
    )
    return f"Tasks per second with each window: {each}."


def _table(searches: Sequence[WindowSearch]) -> Table:
    tried = _tried(searches)
    rows = []
    for search in searches:
        carried = {point.window: point.throughput for point in search.points}
        rows.append([search.transport, search.window, search.plateau, *(carried.get(window) for window in tried)])
    return Table(CAPTION, ("transport", "window", "plateau/s", *(f"{window:,}" for window in tried)), rows)
