"""Backlogs: how fast they were filled and worked off."""

from __future__ import annotations

from collections.abc import Iterator

import altair as alt

from crossover.contract.result import Result
from crossover.report.charts.looks import BLUE, GREEN, colours, data, finished, legend, names
from crossover.report.parts import Chart, Table
from crossover.report.words import figure

HEADINGS = ("transport", "fill/s", "drain/s", "lost", "held by", "MiB", "bytes/task")
MIB = 2**20
HOWS = ("fill", "drain")


def backlogs(result: Result) -> Iterator[Chart]:
    """Return both rates of each transport, the fastest drain first."""
    points = {point.transport: point for point in result.backlogs}
    shown = sorted((one for one in result.summary if one.transport in points), key=lambda one: -one.throughput)
    if not shown:
        return
    rates = {one.transport: {"fill": points[one.transport].fill, "drain": one.throughput} for one in shown}
    values = data(
        {"name": name, "what": what, "tasks/s": rate} for name, both in rates.items() for what, rate in both.items()
    )
    bar = alt.Chart(values).mark_bar().encode(
        y=names(list(rates)),
        yOffset=alt.YOffset("what:N", sort=list(HOWS)),
        x=alt.X("tasks/s:Q", title="tasks/s", axis=alt.Axis(format=",~r", tickCount=4)),
        color=alt.Color("what:N", scale=colours(HOWS, (BLUE, GREEN)), legend=legend()),
        tooltip=["name:N", "what:N", alt.Tooltip("tasks/s:Q", format=",.4~g")],
    )  # fmt: skip
    rows = []
    for one in shown:
        point = points[one.transport]
        lost = sum(run.delivery.lost for run in result.runs if run.transport == one.transport)
        memory = None if point.memory_bytes is None else point.memory_bytes / MIB
        rows.append([one.transport, point.fill, one.throughput, lost, point.role, memory, point.bytes_per_task])
    each = "; ".join(f"{name} fill {figure(r['fill'])}, drain {figure(r['drain'])}" for name, r in rates.items())
    table = Table("Backlogs: filled while the workers stood still, and worked off", HEADINGS, rows)
    yield Chart("backlog", f"Tasks per second of filling and draining: {each}.", finished(bar, rows=len(rates)), table)
