"""Safety against throughput: the picture of this project."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import altair as alt

from crossover.contract.safety_records import SafetyCost, SafetyResult
from crossover.report.charts.looks import BLUE, INK, RED, data, finished, logarithmic, names, shapes
from crossover.report.parts import Chart, Table
from crossover.report.words import figure

HEADINGS = ("transport", "level", "tasks/s", "lost", "duplicated", "accepted")
LEVELS = ("fast", "default", "safe")
NOTHING, SOMETHING = "nothing lost", "tasks lost"


def losses(result: SafetyResult) -> Iterator[Chart]:
    """Return, for each transport and level, its speed and what it lost when a busy worker was killed."""
    if not result.costs:
        return
    order = list(dict.fromkeys(cost.transport for cost in result.costs))
    values = data(
        {"name": cost.transport, "level": cost.safety, "tasks/s": cost.throughput, "lost": cost.lost,
         "read": f"{cost.lost:,} lost",
         "dup.": cost.duplicated, "of": cost.accepted, "outcome": SOMETHING if cost.lost else NOTHING}
        for cost in result.costs
        if cost.throughput > 0  # what did nothing has no place on a logarithmic axis
    )  # fmt: skip
    x = logarithmic(alt.X("tasks/s:Q"), "tasks/s with nothing to do", [cost.throughput for cost in result.costs])
    base = alt.Chart(values).encode(y=names(order), x=x)
    tips = ["name:N", "level:N", alt.Tooltip("tasks/s:Q", format=",.4~g"), "lost:Q", "dup.:Q", "of:Q"]
    line = alt.Chart(values).mark_line(color=INK, opacity=0.4).encode(y=names(order), x=x, detail="name:N")
    point = base.mark_point(size=110, filled=True, opacity=1).encode(
        shape=alt.Shape("level:N", scale=shapes(LEVELS), legend=_legend()),
        color=alt.Color("outcome:N", scale=alt.Scale(domain=[NOTHING, SOMETHING], range=[BLUE, RED]), legend=_legend()),
        tooltip=tips,
    )
    label = base.transform_filter("datum.lost > 0").mark_text(dy=-12, color=INK, fontSize=11)
    layers = (line, point, label.encode(text="read:N"))
    rows = [[cost.transport, cost.safety, cost.throughput, cost.lost, cost.duplicated, cost.accepted]
            for cost in result.costs]  # fmt: skip
    caption = "What safety costs: tasks/s with nothing to do, against tasks lost with a busy worker"
    spec = finished(*layers, height=40 * len(order) + 20)
    yield Chart("safety-throughput", _says(result.costs), spec, Table(caption, HEADINGS, rows))


def _legend() -> alt.Legend:
    return alt.Legend(orient="top", title=None, columns=2)


def _says(costs: Sequence[SafetyCost]) -> str:
    each = ", ".join(
        f"{cost.transport} {cost.safety} {figure(cost.throughput)} tasks/s and {cost.lost:,} lost" for cost in costs
    )
    return f"Throughput of each safety level, and the tasks lost when a busy worker was killed: {each}."
