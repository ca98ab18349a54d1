"""Latency: percentiles on a logarithmic axis, and p99 against the load."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import altair as alt

from crossover.derived.percentiles import medians
from crossover.report.page.charts.drawing.axes import logarithmic, names, with_words
from crossover.report.page.charts.drawing.columns import DAMAGED, KNOWN, interval, said_of
from crossover.report.page.charts.drawing.theme import (
    BLUE,
    EXACT,
    GREEN,
    INK,
    PINK,
    RED,
    colours,
    data,
    finished,
    legend,
    shapes,
)
from crossover.report.page.parts import Chart
from crossover.report.topics.outline import Table
from crossover.report.wording.comparison.latency import PERCENTILES
from crossover.report.wording.figures import figure
from crossover.results.comparison import Result
from crossover.results.conclusions.findings import LoadPoint, Standing
from crossover.results.kinds import Kind, kind_of
from crossover.results.records import BACKLOG, OPEN, Percentiles

HEADINGS = ("transport", *PERCENTILES)
LOAD_HEADINGS = (
    "transport",
    "load",
    "rate/s",
    "done/s",
    "p50",
    "p90",
    "p99",
    "p99.9",
    "p99 low",
    "p99 high",
    "send p99",
    "",
)
PERCENT = 100
UNLOADED = ("unloaded p50", "unloaded p99")
QUEUEING = "queueing: closed loop with a full window"


def latencies(result: Result) -> Iterator[Chart]:
    """Return the percentiles of each transport: at a typed rate those of the open loop, else those of the closed."""
    typed = kind_of(result) is Kind.RATE
    found = _of_loads(result) if typed else _of_runs(result)
    known = {name: {what: value for what, value in row.items() if value} for name, row in found.items()}
    known = {name: row for name, row in known.items() if row}
    if not known:
        return
    order, words = with_words(list(known), said_of(result))
    domain = [what for what in PERCENTILES if any(what in row for row in known.values())]
    ends = data({"name": name, "from": min(row.values()), "to": max(row.values())} for name, row in known.items())
    points = data(
        {"name": name, "percentile": what, "ms": value} for name, row in known.items() for what, value in row.items()
    )
    x = logarithmic(alt.X("ms:Q"), "latency, ms", [value for row in known.values() for value in row.values()])
    span = alt.Chart(ends).mark_rule(color=INK, opacity=0.4).encode(y=names(order), x=alt.X("from:Q"), x2="to:Q")
    colour = alt.Scale(domain=domain, range=[BLUE, GREEN, PINK, RED][: len(domain)])
    point = alt.Chart(points).mark_point(size=80, filled=True, opacity=1).encode(
        y=names(order), x=x,
        shape=alt.Shape("percentile:N", scale=shapes(domain), legend=legend(4)),
        color=alt.Color("percentile:N", scale=colour, legend=legend(4)),
        tooltip=["name:N", "percentile:N", alt.Tooltip("ms:Q", format=EXACT)],
    )  # fmt: skip
    unloaded = {one.transport: one.unloaded_ms for one in result.summary} if not typed else {}
    shown = any(unloaded.values())
    rows = [
        [name, *(_unloaded(unloaded.get(name)) if shown else ()), *(row.get(what) for what in PERCENTILES)]
        for name, row in known.items()
    ]
    says = "; ".join(f"{name} {_in_words(row)}" for name, row in known.items())
    queueing = "" if typed else f"; {QUEUEING}"
    headings = (HEADINGS[0], *UNLOADED, *HEADINGS[1:]) if shown else HEADINGS
    table = Table(f"Latency in ms, medians over the rounds{queueing}", headings, rows)
    spec = finished(span, point, *words, rows=len(order))
    yield Chart("latency", f"Latency percentiles on a logarithmic axis, in ms{queueing}: {says}.", spec, table)


def _unloaded(found: Percentiles | None) -> tuple[float | None, float | None]:
    return (found.p50, found.p99) if found else (None, None)


def _in_words(row: Mapping[str, float]) -> str:
    return ", ".join(f"{what} {figure(value)}" for what, value in row.items())


def _of_loads(result: Result) -> dict[str, dict[str, float | None]]:
    return {point.transport: _row(point.latency_ms) for point in result.loads}


def _of_runs(result: Result) -> dict[str, dict[str, float | None]]:
    found: dict[str, list[Percentiles]] = {}
    for run in result.runs:
        if run.latency_ms is not None and run.load.mode not in {OPEN, BACKLOG}:
            found.setdefault(run.transport, []).append(run.latency_ms)
    ranked = [one.transport for one in result.summary if one.transport in found]
    return {name: _row(medians(found[name])) for name in ranked}


def _row(found: Percentiles) -> dict[str, float | None]:
    return {what: getattr(found, name) for what, name in PERCENTILES.items()}


def loads(result: Result) -> Iterator[Chart]:
    """Return p99 against the load, a part of what each transport can do in closed loop."""
    points = [point for point in result.loads if point.fraction is not None]
    if not points:
        return
    order = list(dict.fromkeys(point.transport for point in points))
    values = data(
        {"name": point.transport, "load": (point.fraction or 0.0) * PERCENT, "rate/s": point.rate,
         "p99": point.latency_ms.p99, "from": low, "to": high, "verdict": point.verdict or "keeps up",
         "damage": DAMAGED if point.standing is Standing.DAMAGED else ""}
        for point in points
        for low, high in [_interval(result, point)]
    )  # fmt: skip
    colour = alt.Color("name:N", scale=colours(order), legend=legend())
    x = alt.X("load:Q", title="load, % of closed loop", scale=alt.Scale(zero=False, padding=12))
    x = x.axis(values=sorted({round((point.fraction or 0.0) * PERCENT, 1) for point in points}))
    y = logarithmic(
        alt.Y("p99:Q"), "p99, ms", [end for p in points for end in (p.latency_ms.p99, p.p99_low, p.p99_high)]
    )
    base = alt.Chart(values).encode(x=x, color=colour)
    tips = ["name:N", "load:Q", alt.Tooltip("rate/s:Q", format=EXACT), alt.Tooltip("p99:Q", format=EXACT),
            alt.Tooltip("from:Q", format=EXACT), alt.Tooltip("to:Q", format=EXACT), "verdict:N"]  # fmt: skip
    line = base.mark_line(strokeWidth=2).encode(y=y)
    rule = base.transform_filter(KNOWN).mark_rule(strokeWidth=1).encode(y=alt.Y("from:Q"), y2="to:Q")
    shape = alt.Shape("name:N", scale=shapes(order), legend=legend())
    point = base.mark_point(filled=True, size=70, opacity=1).encode(y=y, shape=shape, tooltip=tips)
    damaged = alt.Chart(values).mark_text(color=INK, dy=-12, fontSize=11).encode(x=x, y=y, text="damage:N")
    says = "; ".join(f"{name} " + ", ".join(_load_in_words(p) for p in points if p.transport == name) for name in order)
    spec = finished(line, rule, point, damaged, height=320)
    yield Chart("latency-load", f"p99 of the latency in ms against load: {says}.", spec, load_table(result))


def _interval(result: Result, point: LoadPoint) -> tuple[float | None, float | None]:
    key = (point.transport, point.fraction, point.rate)
    rounds = sum((run.transport, run.load.fraction, run.load.rate) == key for run in result.runs)
    return interval(point.p99_low, point.p99_high, rounds)


def _load_in_words(point: LoadPoint) -> str:
    verdict = f" ({point.verdict})" if point.verdict else ""
    return f"{point.fraction:.0%}: {figure(point.latency_ms.p99)}{verdict}"


def load_table(result: Result) -> Table:
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
    return Table("Latency in ms, from when a task was due to be sent until its outcome came back", LOAD_HEADINGS, rows)
