"""Throughput against the number of workers, with the law that was fitted and its band."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import altair as alt

from crossover.derived.scaling_law import throughput
from crossover.report.page.charts.drawing.columns import DAMAGED, KNOWN, interval, read
from crossover.report.page.charts.drawing.theme import BLUE, EXACT, INK, RED, data, finished
from crossover.report.page.parts import Chart
from crossover.report.topics.outline import Table
from crossover.report.wording.figures import MIB
from crossover.results.comparison import Result
from crossover.results.findings import Law, ScalePoint

HEADINGS = ("workers", "tasks/s", "95% low", "95% high", "law", "CPU µs", "MiB", "limit", "rounds")
BAND = "Line: the fitted law. Band: its 95% confidence interval."
STEPS = 40  # of the curve


def scaling(result: Result, law: Law) -> Iterator[Chart]:
    """Return the curve of one transport."""
    points = [point for point in result.points if point.transport == law.transport]
    if points:
        rows = [_row(law, point) for point in points]
        table = Table(f"{law.transport}: throughput with each number of workers", HEADINGS, rows)
        first = next((law for law in result.laws if law.band), None)
        number = [one.transport for one in result.laws].index(law.transport) + 1
        yield Chart(f"scaling-{number}", _says(law, points), _spec(law, points), table, BAND if law is first else "")


def _curve(law: Law, workers: float) -> float | None:
    """Return the law's tasks per second; None where there is no law."""
    if not (law.alpha and law.beta and law.gamma):
        return None
    return throughput(workers, law.alpha.value, law.beta.value, law.gamma.value)


def _spec(law: Law, points: Sequence[ScalePoint]) -> dict[str, Any]:
    values = data(
        {"workers": point.workers, "tasks/s": point.throughput, "from": low, "to": high,
         "limit": point.limit or "none seen", "damage": DAMAGED if point.damage else ""}
        for point in points
        for low, high in [interval(point.ci95_low, point.ci95_high, point.rounds)]
    )  # fmt: skip
    x = alt.X("workers:Q", title="workers", axis=alt.Axis(format="d", tickMinStep=1, tickCount=8))
    y = alt.Y("tasks/s:Q", title="tasks/s", axis=alt.Axis(format=",~r", tickCount=5), scale=alt.Scale(zero=True))
    base = alt.Chart(values).encode(x=x, tooltip=["workers:Q", alt.Tooltip("tasks/s:Q", format=EXACT), "limit:N"])
    rule = base.transform_filter(KNOWN).mark_rule(color=INK).encode(y=alt.Y("from:Q"), y2="to:Q")
    point = base.mark_point(filled=True, size=70, color=BLUE, opacity=1).encode(y=y)
    right = law.recommended_workers * 2 > points[0].workers + points[-1].workers
    sound = any(not point.damage for point in points)
    best = alt.Chart(data([{"workers": law.recommended_workers, "says": "recommended"}] if sound else []))
    dashed = best.mark_rule(color=INK, strokeDash=[2, 3]).encode(x="workers:Q")
    word = best.mark_text(color=INK, align="right" if right else "left", dx=-4 if right else 4)
    word = word.encode(x="workers:Q", y=alt.value(-8), text="says:N")
    damaged = base.mark_text(color=INK, dy=-12, fontSize=11).encode(y=y, text="damage:N")
    return finished(*_law(law, points), rule, point, damaged, dashed, word, height=240)


def _law(law: Law, points: Sequence[ScalePoint]) -> list[alt.Chart]:
    first, last = points[0].workers, points[-1].workers
    steps = [first + (last - first) * number / STEPS for number in range(STEPS + 1)]
    line = data({"workers": step, "law": of} for step in steps if (of := _curve(law, step)) is not None)
    band = data({"workers": one.workers, "least": one.low, "most": one.high} for one in law.band)
    layers = []
    if law.band:
        area = alt.Chart(band).mark_area(color=RED, opacity=0.2)
        layers.append(area.encode(x="workers:Q", y=alt.Y("least:Q"), y2="most:Q"))
    if law.alpha:
        layers.append(alt.Chart(line).mark_line(color=RED, strokeWidth=2).encode(x="workers:Q", y="law:Q"))
    return layers


def _says(law: Law, points: Sequence[ScalePoint]) -> str:
    each = ", ".join(f"{point.workers:,}: {read(point.throughput, damaged=point.damage)}" for point in points)
    band = " and its band" if law.band else ""
    fitted = f"with the fitted law{band}" if law.alpha else "without a law, which could not be fitted"
    return f"{law.transport}: tasks per second for each number of workers, {fitted}; {each}."


def _row(law: Law, point: ScalePoint) -> list[Any]:
    memory = None if point.memory_bytes is None else point.memory_bytes / MIB
    ends = interval(point.ci95_low, point.ci95_high, point.rounds)
    figures = [point.throughput, *ends, _curve(law, point.workers), point.cpu_us, memory]
    return [point.workers, *figures, "damaged" if point.damage else point.limit, point.rounds]
