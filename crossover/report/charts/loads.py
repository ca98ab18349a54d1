"""Latency against load: how long a task takes the closer its transport is to the most that it can do."""

from __future__ import annotations

from collections.abc import Iterator

import altair as alt

from crossover.contract.result import Result
from crossover.report.charts.looks import colours, data, finished, legend, logarithmic, shapes
from crossover.report.parts import Chart, Table
from crossover.report.words import figure

HEADINGS = (
    "transport",
    "load",
    "asked/s",
    "back/s",
    "p50",
    "p90",
    "p99",
    "p99.9",
    "p99 from",
    "p99 to",
    "send p99",
    "",
)
PERCENT = 100


def loads(result: Result) -> Iterator[Chart]:
    """Return p99 over the part of the most that each transport can do; at a typed rate `latencies` shows all."""
    points = [point for point in result.loads if point.fraction is not None]
    if not points:
        return
    order = list(dict.fromkeys(point.transport for point in points))
    values = data(
        {"name": point.transport, "load": (point.fraction or 0.0) * PERCENT, "asked/s": point.rate,
         "p99": point.latency_ms.p99, "from": point.p99_low, "to": point.p99_high,
         "verdict": point.verdict or "keeps up"}
        for point in points
    )  # fmt: skip
    colour = alt.Color("name:N", scale=colours(order), legend=legend())
    x = alt.X("load:Q", title="load, % of the most in closed loop", scale=alt.Scale(zero=False, padding=12))
    x = x.axis(values=sorted({round((point.fraction or 0.0) * PERCENT, 1) for point in points}))
    y = logarithmic(
        alt.Y("p99:Q"), "p99, ms", [end for p in points for end in (p.latency_ms.p99, p.p99_low, p.p99_high)]
    )
    base = alt.Chart(values).encode(x=x, color=colour)
    tips = ["name:N", "load:Q", alt.Tooltip("asked/s:Q", format=",.4~g"), alt.Tooltip("p99:Q", format=",.3~g"),
            alt.Tooltip("from:Q", format=",.3~g"), alt.Tooltip("to:Q", format=",.3~g"), "verdict:N"]  # fmt: skip
    line = base.mark_line(strokeWidth=2).encode(y=y)
    interval = base.mark_rule(strokeWidth=1).encode(y=alt.Y("from:Q"), y2="to:Q")
    shape = alt.Shape("name:N", scale=shapes(order), legend=legend())
    point = base.mark_point(filled=True, size=70, opacity=1).encode(y=y, shape=shape, tooltip=tips)
    says = "; ".join(
        f"{name} " + ", ".join(f"{p.fraction:.0%}: {figure(p.latency_ms.p99)}" for p in points if p.transport == name)
        for name in order
    )
    spec = finished(line, interval, point, height=320)
    yield Chart("latency-load", f"p99 of the latency in ms against load: {says}.", spec, table(result))


def table(result: Result) -> Table:
    """Return all that is known of each rate."""
    rows = [
        [
            point.transport,
            "" if point.fraction is None else f"{point.fraction:.0%}",
            *(point.rate, point.achieved),
            *(point.latency_ms.p50, point.latency_ms.p90, point.latency_ms.p99, point.latency_ms.p999),
            *(point.p99_low, point.p99_high, point.send_delay_ms.p99, point.verdict),
        ]
        for point in result.loads
    ]
    return Table("Latency in ms, from when a task should have been sent until it was back", HEADINGS, rows)
