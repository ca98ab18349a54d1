"""Backlogs: how fast they were filled and worked off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import altair as alt

from crossover.derived.rounds import rounds_of
from crossover.report.page.charts.drawing.axes import names, with_words
from crossover.report.page.charts.drawing.columns import interval, read, said_of, standing, undone
from crossover.report.page.charts.drawing.theme import BESIDE, BLUE, EXACT, GREEN, colours, data, finished, legend
from crossover.report.page.parts import Chart
from crossover.report.topics.outline import Table
from crossover.report.wording.comparison.ranking import ranked
from crossover.report.wording.figures import MIB, UNDONE, figure
from crossover.results.comparison import Result
from crossover.results.conclusions.findings import BacklogPoint, Standing, Summary

HEADINGS = (
    "transport",
    "fill/s",
    "drain/s",
    "95% low",
    "95% high",
    *UNDONE,
    "held by",
    "MiB",
    "bytes/task",
    "standing",
)
HOWS = ("fill", "drain")


def backlogs(result: Result) -> Iterator[Chart]:
    """Return both rates of each transport, the fastest drain first."""
    points = {point.transport: point for point in result.backlogs}
    shown = sorted((one for one in result.summary if one.transport in points), key=lambda one: -one.throughput)
    if not shown:
        return
    rates = {one.transport: {"fill": points[one.transport].fill, "drain": one.throughput} for one in shown}
    damaged = {one.transport for one in shown if one.standing is Standing.DAMAGED}
    values = data(
        {"name": name, "what": what, "tasks/s": rate} for name, both in rates.items() for what, rate in both.items()
    )
    named, words = with_words(list(rates), said_of(result))
    offset = alt.YOffset("what:N", sort=list(HOWS))
    bar = alt.Chart(values).mark_bar().encode(
        y=names(named),
        yOffset=offset,
        x=alt.X("tasks/s:Q", title="tasks/s", axis=alt.Axis(format=",~r", tickCount=4)),
        color=alt.Color("what:N", scale=colours(HOWS, (BLUE, GREEN)), legend=legend()),
        tooltip=["name:N", "what:N", alt.Tooltip("tasks/s:Q", format=EXACT)],
    )  # fmt: skip
    ends = alt.Chart(data({"name": name, "what": what, "end": rate, "read": figure(rate)}
                          for name, both in rates.items() for what, rate in both.items()))  # fmt: skip
    label = ends.mark_text(**BESIDE | {"fontSize": 10})
    label = label.encode(y=names(named), yOffset=offset, x="end:Q", text="read:N")
    each = "; ".join(
        f"{name} fill {figure(both['fill'])}, drain {read(both['drain'], damaged=name in damaged)}"
        for name, both in rates.items()
    )
    rows = [_row(result, one, points[one.transport]) for one in shown]
    table = Table("Backlogs: filled while the workers stood still, and worked off", HEADINGS, rows)
    labels = [figure(rate) for both in rates.values() for rate in both.values()]
    spec = finished(bar, label, *words, rows=len(named), labels=labels)
    yield Chart("backlog", f"Tasks per second of filling and draining: {each}.", spec, table)


def _row(result: Result, one: Summary, point: BacklogPoint) -> list[Any]:
    runs = rounds_of(result, one.transport)
    ends = interval(one.ci95_low, one.ci95_high, len(runs))
    memory = None if point.memory_bytes is None else point.memory_bytes / MIB
    figures = [point.fill, one.throughput, *ends, *undone(runs), point.role, memory, point.bytes_per_task]
    return [one.transport, *figures, standing(one.standing, told=ranked(result))]
