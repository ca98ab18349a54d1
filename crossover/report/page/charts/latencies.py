"""Latency percentiles from p50 to p99.9, on a logarithmic axis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import altair as alt

from crossover.report.page.charts.theme import (
    BLUE,
    EXACT,
    GREEN,
    INK,
    PINK,
    RED,
    data,
    finished,
    legend,
    logarithmic,
    names,
    shapes,
)
from crossover.report.page.parts import Chart, Table
from crossover.report.wording.figures import figure
from crossover.results.comparison import Result
from crossover.results.percentiles import medians
from crossover.results.records import BACKLOG, OPEN, Percentiles

SHOWN = {"p50": "p50", "p90": "p90", "p99": "p99", "p99.9": "p999"}
HEADINGS = ("transport", *SHOWN)
QUEUEING = "closed loop: mostly queueing"


def latencies(result: Result) -> Iterator[Chart]:
    """Return the percentiles of each transport: at a typed rate those of the open loop, else those of the closed."""
    typed = result.plan.rate is not None
    found = _of_loads(result) if typed else _of_runs(result)
    known = {name: {what: value for what, value in row.items() if value} for name, row in found.items()}
    known = {name: row for name, row in known.items() if row}
    if not known:
        return
    order = list(known)
    domain = [what for what in SHOWN if any(what in row for row in known.values())]
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
    rows = [[name, *(row.get(what) for what in SHOWN)] for name, row in known.items()]
    says = "; ".join(f"{name} {_in_words(row)}" for name, row in known.items())
    queueing = "" if typed else f"; {QUEUEING}"
    table = Table(f"Latency in ms, medians over the rounds{queueing}", HEADINGS, rows)
    spec = finished(span, point, rows=len(order))
    yield Chart("latency", f"Latency percentiles on a logarithmic axis, in ms{queueing}: {says}.", spec, table)


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
    return {what: getattr(found, name) for what, name in SHOWN.items()}
