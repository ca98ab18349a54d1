"""Payloads of several sizes: tasks and megabytes per second."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import altair as alt

from crossover.contract.text import byte_count
from crossover.derived.rounds import rounds_of
from crossover.report.page.charts.drawing.axes import logarithmic
from crossover.report.page.charts.drawing.columns import DAMAGED, interval, read, standing, undone
from crossover.report.page.charts.drawing.theme import EXACT, INK, colours, data, finished, legend, shapes
from crossover.report.page.parts import Chart
from crossover.report.topics.outline import Table
from crossover.report.wording.comparison.payload_sizes import sizes_ranked
from crossover.report.wording.figures import UNDONE
from crossover.results.comparison import Result
from crossover.results.conclusions.findings import Standing, SweepPoint
from crossover.results.records import Run


def payload_sizes(result: Result) -> Iterator[Chart]:
    """Return a chart of tasks per second and one of what they carry."""
    if result.sweep:
        yield _chart("payload-tasks", "tasks/s", result, result.sweep, lambda point: point.throughput)
    if carried := [point for point in result.sweep if point.payload_bytes]:
        title = "MB/s of payload, there and back"
        yield _chart("payload-bytes", title, result, carried, lambda point: point.mb_per_s)


def _chart(
    name: str, title: str, result: Result, points: Sequence[SweepPoint], value: Callable[[SweepPoint], float]
) -> Chart:
    order = list(dict.fromkeys(point.transport for point in points))
    sizes = sorted({point.payload_bytes for point in points})
    values = data(
        {"name": point.transport, "size": byte_count(point.payload_bytes), "value": value(point),
         "damage": DAMAGED if _damaged(point) else ""}
        for point in points
        if value(point) > 0  # what did nothing has no place on a logarithmic axis
    )  # fmt: skip
    unit = title.partition(" ")[0]
    x = alt.X("size:O", title="payload, bytes", sort=[byte_count(size) for size in sizes], axis=alt.Axis(labelAngle=0))
    y = logarithmic(alt.Y("value:Q"), unit, [value(point) for point in points])
    base = alt.Chart(values).encode(x=x, y=y, color=alt.Color("name:N", scale=colours(order), legend=legend()))
    tips = ["name:N", "size:O", alt.Tooltip("value:Q", format=EXACT, title=title), "damage:N"]
    shape = alt.Shape("name:N", scale=shapes(order), legend=legend())
    layers = (
        base.mark_line(strokeWidth=2),
        base.mark_point(filled=True, size=70, opacity=1).encode(shape=shape, tooltip=tips),
        alt.Chart(values).mark_text(color=INK, dy=-12, fontSize=11).encode(x=x, y=y, text="damage:N"),
    )
    each = "; ".join(
        f"{label} "
        + ", ".join(
            f"{byte_count(point.payload_bytes)}: {read(value(point), damaged=_damaged(point))}"
            for point in points
            if point.transport == label
        )
        for label in order
    )
    headings = ("transport", "payload", unit, "95% low", "95% high", *UNDONE, "standing")
    table = Table(title, headings, [_row(result, point, value(point)) for point in points])
    return Chart(name, f"{title} for payloads of several sizes: {each}.", finished(*layers, height=300), table)


def _damaged(point: SweepPoint) -> bool:
    return point.standing is Standing.DAMAGED


def _row(result: Result, point: SweepPoint, value: float) -> list[Any]:
    runs = _runs(result, point)
    each = value / point.throughput if point.throughput else 0.0
    ends = interval(point.ci95_low * each, point.ci95_high * each, len(runs))
    found = standing(point.standing, told=sizes_ranked(result))
    return [point.transport, byte_count(point.payload_bytes), value, *ends, *undone(runs), found]


def _runs(result: Result, point: SweepPoint) -> list[Run]:
    return [run for run in rounds_of(result, point.transport) if run.payload_bytes == point.payload_bytes]
