"""Safety against throughput: speed and losses of each safety level."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import altair as alt

from crossover.report.page.charts.drawing.axes import logarithmic, names
from crossover.report.page.charts.drawing.theme import BLUE, COLOURS, EXACT, INK, RED, colours, data, finished, shapes
from crossover.report.page.parts import Chart
from crossover.report.topics.outline import Table
from crossover.report.wording.figures import figure
from crossover.results.safety import SafetyCost, SafetyResult

HEADINGS = ("transport", "level", "tasks/s", "lost", "duplicated", "accepted")
NOT_MEASURED = "not measured"
LEVELS = ("fast", "default", "safe")
OUTCOMES = {"nothing lost": BLUE, "tasks lost": RED, NOT_MEASURED: COLOURS[-1]}


def losses(result: SafetyResult) -> Iterator[Chart]:
    """Return the speed of each transport and level, and its losses when a busy worker was killed."""
    if not result.costs:
        return
    order = list(dict.fromkeys(cost.transport for cost in result.costs))
    values = data(
        {"name": cost.transport, "level": cost.safety, "tasks/s": cost.throughput, "outcome": _outcome(cost),
         "read": f"{cost.lost:,} lost" if cost.lost else "" if cost.accepted else NOT_MEASURED,
         "lost": cost.lost, "duplicated": cost.duplicated, "accepted": cost.accepted}
        for cost in result.costs
        if cost.throughput > 0  # what did nothing has no place on a logarithmic axis
    )  # fmt: skip
    x = logarithmic(alt.X("tasks/s:Q"), "tasks/s, empty tasks", [cost.throughput for cost in result.costs])
    base = alt.Chart(values).encode(y=names(order), x=x)
    tips = ["name:N", "level:N", alt.Tooltip("tasks/s:Q", format=EXACT), "outcome:N",
            "lost:Q", "duplicated:Q", "accepted:Q"]  # fmt: skip
    line = alt.Chart(values).mark_line(color=INK, opacity=0.4).encode(y=names(order), x=x, detail="name:N")
    shown = [what for what in OUTCOMES if any(_outcome(cost) == what for cost in result.costs)]
    colour = colours(shown, [OUTCOMES[what] for what in shown])
    point = base.mark_point(size=110, filled=True, opacity=1, strokeWidth=2).encode(
        shape=alt.Shape("level:N", scale=shapes(LEVELS), legend=_legend()),
        color=alt.Color("outcome:N", scale=colour, legend=_legend()),
        stroke=alt.Stroke("outcome:N", scale=colour, legend=_legend()),
        fillOpacity=alt.condition("datum.accepted > 0", alt.value(1), alt.value(0)),
        tooltip=tips,
    )
    label = base.transform_filter("datum.read != ''").mark_text(dy=-12, color=INK, fontSize=11)
    layers = (line, point, label.encode(text="read:N"))
    rows = [
        [cost.transport, cost.safety, cost.throughput]
        + ([cost.lost, cost.duplicated, cost.accepted] if cost.accepted else [NOT_MEASURED, None, None])
        for cost in result.costs
    ]
    caption = "What safety costs: tasks/s with tasks that do nothing, and tasks lost when a busy worker is killed"
    spec = finished(*layers, height=40 * len(order) + 20)
    yield Chart("safety-throughput", _says(result.costs), spec, Table(caption, HEADINGS, rows))


def _legend() -> alt.Legend:
    return alt.Legend(orient="top", title=None, columns=2)


def _outcome(cost: SafetyCost) -> str:
    if not cost.accepted:
        return NOT_MEASURED
    return "tasks lost" if cost.lost else "nothing lost"


def _lost(cost: SafetyCost) -> str:
    return f"{cost.lost:,} lost" if cost.accepted else f"losses {NOT_MEASURED}"


def _says(costs: Sequence[SafetyCost]) -> str:
    each = ", ".join(
        f"{cost.transport} {cost.safety} {figure(cost.throughput)} tasks/s and {_lost(cost)}" for cost in costs
    )
    return f"Throughput of each safety level, and the tasks lost when a busy worker was killed: {each}."
