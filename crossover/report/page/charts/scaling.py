"""Throughput against the number of workers: all transports, their laws with their bands, and the ideal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import altair as alt

from crossover.derived.scaling_law import throughput
from crossover.report.page.charts.drawing.axes import WIDE, logarithmic
from crossover.report.page.charts.drawing.columns import DAMAGED, KNOWN, interval, read
from crossover.report.page.charts.drawing.theme import EXACT, INK, colours, data, finished, legend, shapes
from crossover.report.page.parts import Chart
from crossover.report.topics.outline import Table
from crossover.report.wording.figures import MIB
from crossover.results.comparison import Result
from crossover.results.conclusions.findings import Law, ScalePoint

HEADINGS = ("transport", "workers", "tasks/s", "95% low", "95% high", "law", "CPU µs", "MiB", "limit", "rounds")
CAPTION = "Throughput with each number of workers"
EXPLAINED = (
    "Line: the fitted law; shaded: its 95% interval. Dashed: ideal, {ideal}. Ring: the recommended number of workers. "
    "Hollow: damaged."
)
OF_TASK = "each worker busy all the time with tasks alone"
OF_ONE = "as many times the fastest single worker as there are workers"
STEPS = 40  # of a curve
DOUBLINGS = 16  # times as many workers, from which on each doubling gets the same room
RING = 220  # square pixels
HEADROOM = 1.15  # above the highest point, where the ideal leaves the chart


def scaling(result: Result) -> Iterator[Chart]:
    """Return the curves of all transports in one chart."""
    labels = [law.transport for law in result.laws]
    points = [point for point in result.points if point.transport in labels]
    if points:
        laws = {law.transport: law for law in result.laws}
        table = Table(CAPTION, HEADINGS, [_row(laws[point.transport], point) for point in points])
        explained = EXPLAINED.format(ideal=OF_TASK if _of_task(result) else OF_ONE)
        yield Chart("scaling", _says(result.laws, points), _spec(result, points), table, explained)


def _curve(law: Law, workers: float) -> float | None:
    """Return the law's tasks per second; None where there is no law."""
    if not (law.alpha and law.beta and law.gamma):
        return None
    return throughput(workers, law.alpha.value, law.beta.value, law.gamma.value)


def _spec(result: Result, points: Sequence[ScalePoint]) -> dict[str, Any]:
    order = [law.transport for law in result.laws]
    counts = sorted({point.workers for point in points})
    speeds = [point.throughput for point in points if point.throughput > 0] or [1.0]
    doubled = counts[-1] >= DOUBLINGS * counts[0]
    x = alt.X("workers:Q", title="workers", axis=alt.Axis(format="d", tickMinStep=1, tickCount=8))
    if doubled:
        x = alt.X("workers:Q", title="workers (logarithmic)", axis=alt.Axis(format="d", values=counts))
        x = x.scale(alt.Scale(type="log", base=2, domain=[counts[0], counts[-1]], nice=False))
    y = alt.Y("tasks/s:Q", title="tasks/s", axis=alt.Axis(format=",~r", tickCount=5))
    y = y.scale(alt.Scale(domain=[0, max(speeds) * HEADROOM], nice=False))
    if doubled and max(speeds) > WIDE * min(speeds):
        y = logarithmic(alt.Y("tasks/s:Q"), "tasks/s", speeds)
    shade = alt.Color("name:N", scale=colours(order), legend=legend())
    return finished(
        *_ideal(result, points, x, y, max(speeds)),
        *_laws(result.laws, counts, x, y, shade, min(speeds)),
        *_points(result, points, x, y, shade),
        height=360,
    )


def _points(result: Result, points: Sequence[ScalePoint], x: Any, y: Any, shade: alt.Color) -> Iterator[alt.Chart]:
    order = [law.transport for law in result.laws]
    best = {(law.transport, law.recommended_workers) for law in result.laws if not law.still_rising}
    rows = [
        {"name": point.transport, "workers": point.workers, "tasks/s": point.throughput, "from": low, "to": high,
         "limit": str(point.limit or "none seen"), "damage": DAMAGED if point.damage else ""}
        for point in points
        if point.throughput > 0  # what did nothing has no place on a logarithmic axis
        for low, high in [interval(point.ci95_low, point.ci95_high, point.rounds)]
    ]  # fmt: skip
    tips: list[Any] = ["name:N", "workers:Q", alt.Tooltip("tasks/s:Q", format=EXACT), "limit:N", "damage:N"]
    shape = alt.Shape("name:N", scale=shapes(order), legend=legend())
    base = alt.Chart(data(rows)).encode(x=x, color=shade)
    yield base.transform_filter(KNOWN).mark_rule().encode(y=alt.Y("from:Q"), y2="to:Q")
    for damaged in (False, True):
        if kept := [row for row in rows if bool(row["damage"]) == damaged]:
            one = alt.Chart(data(kept)).encode(x=x, y=y, color=shade, shape=shape, tooltip=tips)
            yield one.mark_point(filled=not damaged, size=70, opacity=1, strokeWidth=2)
            if damaged:
                words = alt.Chart(data(kept)).mark_text(color=INK, dy=-12, fontSize=11)
                yield words.encode(x=x, y=y, text="damage:N")
    rings = [row for row in rows if (row["name"], row["workers"]) in best and not row["damage"]]
    if rings:
        ring = alt.Chart(data(rings)).mark_point(size=RING, color=INK, strokeWidth=1.5, filled=False)
        yield ring.encode(x=x, y=y)


def _laws(laws: Sequence[Law], counts: Sequence[int], x: Any, y: Any, shade: alt.Color, least: float) -> Iterator[Any]:
    steps = _steps(counts[0], counts[-1])
    line = [
        {"name": law.transport, "workers": step, "law": of}
        for law in laws
        for step in steps
        if (of := _curve(law, step)) is not None
    ]
    floor = least / 2  # where it goes below the axis, which may be logarithmic
    band = [
        {"name": law.transport, "workers": one.workers, "least": max(one.low, floor), "most": max(one.high, floor)}
        for law in laws
        for one in law.band
    ]
    if band:
        area = alt.Chart(data(band)).mark_area(opacity=0.15, clip=True)
        yield area.encode(x=x, y=alt.Y("least:Q"), y2="most:Q", color=shade)
    if line:
        yield alt.Chart(data(line)).mark_line(strokeWidth=2, clip=True).encode(x=x, y="law:Q", color=shade)


def _steps(first: float, last: float) -> list[float]:
    """Return numbers of workers at which a curve is drawn, each as many times the one before."""
    return [first * (last / first) ** (number / STEPS) for number in range(STEPS + 1)]


def _of_task(result: Result) -> bool:
    return result.task is not None and result.task.tasks > 0 and result.task.mean > 0


def _ideal(result: Result, points: Sequence[ScalePoint], x: Any, y: Any, top: float) -> Iterator[alt.Chart]:
    """Yield the line that no transport can be above: what as many workers do that lose no time."""
    sound = [point.throughput / point.workers for point in points if not point.damage]
    each = 1 / result.task.mean if result.task and _of_task(result) else max(sound, default=0.0)
    first, last = min(point.workers for point in points), max(point.workers for point in points)
    end = min(float(last), top * HEADROOM / each) if each > 0 else 0.0
    if end > first:
        line = alt.Chart(data({"workers": step, "ideal": each * step} for step in _steps(first, end)))
        yield line.mark_line(color=INK, opacity=0.7, strokeDash=[5, 4], strokeWidth=1.5, clip=True).encode(
            x=x, y=alt.Y("ideal:Q")
        )
        word = alt.Chart(data([{"workers": end, "ideal": each * end, "says": "ideal"}]))
        yield word.mark_text(align="right", dx=-8, dy=4, color=INK, fontSize=11).encode(
            x=x, y=alt.Y("ideal:Q"), text="says:N"
        )


def _says(laws: Sequence[Law], points: Sequence[ScalePoint]) -> str:
    return "Tasks per second for each number of workers. " + " ".join(_in_words(law, points) for law in laws)


def _in_words(law: Law, points: Sequence[ScalePoint]) -> str:
    own = [point for point in points if point.transport == law.transport]
    each = ", ".join(f"{point.workers:,}: {read(point.throughput, damaged=point.damage)}" for point in own)
    band = " and its band" if law.band else ""
    fitted = f"with the fitted law{band}" if law.alpha else "without a law, which could not be fitted"
    return f"{law.transport}, {fitted}; {each}."


def _row(law: Law, point: ScalePoint) -> list[Any]:
    memory = None if point.memory_bytes is None else point.memory_bytes / MIB
    ends = interval(point.ci95_low, point.ci95_high, point.rounds)
    figures = [point.throughput, *ends, _curve(law, point.workers), point.cpu_us, memory]
    limit = "damaged" if point.damage else str(point.limit)
    return [point.transport, point.workers, *figures, limit, point.rounds]
