"""Payloads of several sizes: tasks and megabytes per second."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import altair as alt

from crossover.contract.findings import SweepPoint
from crossover.contract.result import Result
from crossover.report.charts.looks import colours, data, finished, legend, logarithmic, shapes
from crossover.report.parts import Chart, Table
from crossover.report.sweep_terminal import size_of
from crossover.report.words import figure


def payloads(result: Result) -> Iterator[Chart]:
    """Return a chart of tasks per second and one of what they carry."""
    points = result.sweep
    if points:
        yield _chart("payload-tasks", "tasks/s", points, lambda point: point.throughput)
    if carried := [point for point in points if point.payload_bytes]:
        yield _chart("payload-bytes", "MB/s of payload, there and back", carried, lambda point: point.mb_per_s)


def _chart(name: str, title: str, points: Sequence[SweepPoint], value: Callable[[SweepPoint], float]) -> Chart:
    order = list(dict.fromkeys(point.transport for point in points))
    sizes = sorted({point.payload_bytes for point in points})
    values = data(
        {"name": point.transport, "size": size_of(point.payload_bytes), "value": value(point)}
        for point in points
        if value(point) > 0  # what did nothing has no place on a logarithmic axis
    )
    x = alt.X("size:O", title="payload, bytes", sort=[size_of(size) for size in sizes], axis=alt.Axis(labelAngle=0))
    y = logarithmic(alt.Y("value:Q"), title.partition(" ")[0], [value(point) for point in points])
    base = alt.Chart(values).encode(x=x, y=y, color=alt.Color("name:N", scale=colours(order), legend=legend()))
    tips = ["name:N", "size:O", alt.Tooltip("value:Q", format=",.4~g", title=title)]
    shape = alt.Shape("name:N", scale=shapes(order), legend=legend())
    layers = (
        base.mark_line(strokeWidth=2),
        base.mark_point(filled=True, size=70, opacity=1).encode(shape=shape, tooltip=tips),
    )
    found = {(point.transport, point.payload_bytes): value(point) for point in points}
    rows = [[label, *(found.get((label, size)) for size in sizes)] for label in order]
    each = "; ".join(
        f"{label} " + ", ".join(f"{size_of(s)}: {figure(found[label, s])}" for s in sizes if (label, s) in found)
        for label in order
    )
    table = Table(title, ("transport", *map(size_of, sizes)), rows)
    return Chart(name, f"{title} for payloads of several sizes: {each}.", finished(*layers, height=300), table)
