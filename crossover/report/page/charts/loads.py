"""Latency against load: how long a task takes the closer its transport is to the most that it can do."""

from __future__ import annotations

from collections.abc import Iterator

import altair as alt

from crossover.report.page.charts.columns import DAMAGED, KNOWN, interval
from crossover.report.page.charts.theme import EXACT, INK, colours, data, finished, legend, logarithmic, shapes
from crossover.report.page.parts import Chart, Table
from crossover.report.wording.figures import figure
from crossover.results.comparison import Result
from crossover.results.findings import LoadPoint, Standing

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
         "p99": point.latency_ms.p99, "from": low, "to": high, "verdict": point.verdict or "keeps up",
         "damage": DAMAGED if point.standing is Standing.DAMAGED else ""}
        for point in points
        for low, high in [_interval(result, point)]
    )  # fmt: skip
    colour = alt.Color("name:N", scale=colours(order), legend=legend())
    x = alt.X("load:Q", title="load, % of the most in closed loop", scale=alt.Scale(zero=False, padding=12))
    x = x.axis(values=sorted({round((point.fraction or 0.0) * PERCENT, 1) for point in points}))
    y = logarithmic(
        alt.Y("p99:Q"), "p99, ms", [end for p in points for end in (p.latency_ms.p99, p.p99_low, p.p99_high)]
    )
    base = alt.Chart(values).encode(x=x, color=colour)
    tips = ["name:N", "load:Q", alt.Tooltip("asked/s:Q", format=EXACT), alt.Tooltip("p99:Q", format=EXACT),
            alt.Tooltip("from:Q", format=EXACT), alt.Tooltip("to:Q", format=EXACT), "verdict:N"]  # fmt: skip
    line = base.mark_line(strokeWidth=2).encode(y=y)
    rule = base.transform_filter(KNOWN).mark_rule(strokeWidth=1).encode(y=alt.Y("from:Q"), y2="to:Q")
    shape = alt.Shape("name:N", scale=shapes(order), legend=legend())
    point = base.mark_point(filled=True, size=70, opacity=1).encode(y=y, shape=shape, tooltip=tips)
    damaged = alt.Chart(values).mark_text(color=INK, dy=-12, fontSize=11).encode(x=x, y=y, text="damage:N")
    says = "; ".join(f"{name} " + ", ".join(_in_words(p) for p in points if p.transport == name) for name in order)
    spec = finished(line, rule, point, damaged, height=320)
    yield Chart("latency-load", f"p99 of the latency in ms against load: {says}.", spec, table(result))


def _interval(result: Result, point: LoadPoint) -> tuple[float | None, float | None]:
    key = (point.transport, point.fraction, point.rate)
    rounds = sum((run.transport, run.load.fraction, run.load.rate) == key for run in result.runs)
    return interval(point.p99_low, point.p99_high, rounds)


def _in_words(point: LoadPoint) -> str:
    verdict = f" ({point.verdict})" if point.verdict else ""
    return f"{point.fraction:.0%}: {figure(point.latency_ms.p99)}{verdict}"


def table(result: Result) -> Table:
    """Return all that is known of each rate."""
    rows = [
        [
            point.transport,
            "" if point.fraction is None else f"{point.fraction:.0%}",
            *(point.rate, point.achieved),
            *(point.latency_ms.p50, point.latency_ms.p90, point.latency_ms.p99, point.latency_ms.p999),
            *(*_interval(result, point), point.send_delay_ms.p99, point.verdict),
        ]
        for point in result.loads
    ]
    return Table("Latency in ms, from when a task should have been sent until it was back", HEADINGS, rows)
