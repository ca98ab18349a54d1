"""Latency in closed loop: how long a task takes with nothing else under way, and while the window is full."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from rich.text import Text

from crossover.derived.percentiles import medians
from crossover.derived.rounds import rounds_of
from crossover.report.terminal.layout.columns import AnyColumn, Column, Drawn
from crossover.report.terminal.layout.drawing import on_axis
from crossover.report.terminal.layout.grid import Grid
from crossover.report.wording.comparison.latency import PERCENTILES
from crossover.report.wording.figures import figure, group_label, interval, milliseconds, or_dash
from crossover.results.comparison import Result
from crossover.results.conclusions.findings import LoadPoint
from crossover.results.kinds import Kind, kind_of
from crossover.results.records import BACKLOG, Percentiles

MARKS = {"p50": "o", "p90": "+", "p99": "x", "p99.9": "*"}
LEGEND = f"{', '.join(f'{mark} {what}' for what, mark in MARKS.items())} on a logarithmic axis."
QUEUED = "queued\n"
LEAST, USUAL, MOST = 12, 20, 80  # columns of what is drawn


def latency(result: Result) -> list[Grid]:
    """Return the percentiles of each transport, in milliseconds; nothing where nothing came back."""
    found: dict[str, Percentiles] = {}
    for one in result.summary:
        rounds = [run.latency_ms for run in rounds_of(result, one.transport) if run.load.mode != BACKLOG]
        if known_ones := [latency for latency in rounds if latency is not None]:
            found[one.transport] = medians(known_ones)
    rows = {name: {what: getattr(one, field) for what, field in PERCENTILES.items()} for name, one in found.items()}
    if not any(any(row.values()) for row in rows.values()):
        return []
    known = {one.transport: one.unloaded_ms for one in result.summary}
    unloaded = [known[name] for name in found]
    columns: list[AnyColumn] = [
        Column("transport", list(rows)),
        Column("unloaded\np50 ms", [milliseconds(one.p50) if one else "-" for one in unloaded]),
        Column("unloaded\np99 ms", [milliseconds(one.p99) if one else "-" for one in unloaded], rank=1),
        *(
            Column(f"{QUEUED}{what} ms", [or_dash(row[what], milliseconds) for row in rows.values()])
            for what in PERCENTILES
        ),
        Column(f"{QUEUED}max ms", [or_dash(one.max, milliseconds) for one in found.values()], rank=2),
        Column(f"{QUEUED}mean ms", [or_dash(one.mean, milliseconds) for one in found.values()], rank=3),
        percentiles(list(rows.values())),
    ]
    return [Grid(columns, legend=LEGEND)]


def percentiles(rows: Sequence[Mapping[str, float | None]], rank: int = 0) -> Drawn:
    """Return a column that shows where percentiles are, all rows on the same logarithmic axis."""
    all_known = [value for row in rows for value in row.values() if value]
    low, high = math.log(min(all_known, default=1.0)), math.log(max(all_known, default=1.0))

    def draw(number: int, width: int) -> str:
        found = {MARKS[what]: math.log(value) for what, value in rows[number].items() if value}
        return on_axis({mark: (place - low) / (high - low or 1.0) for mark, place in found.items()}, width)

    return Drawn(draw, LEAST, USUAL, MOST, rank=rank)


def loads(result: Result) -> list[Grid]:
    """Return the table of latency against load; nothing if no run had a rate."""
    points = result.loads
    if not points:
        return []
    typed = kind_of(result) is Kind.RATE
    rows = [{what: getattr(point.latency_ms, name) for what, name in PERCENTILES.items()} for point in points]
    first = [point.transport if point.fraction is None else f"{point.fraction:.0%}" for point in points]
    columns: list[AnyColumn] = [
        Column("transport" if typed else "load", first),
        Column("rate/s", [figure(point.rate) for point in points]),
        Column("done/s", [_back(point) for point in points]),
        *(Column(what, [or_dash(row[what], milliseconds) for row in rows]) for what in PERCENTILES),
        Column("p99 95% interval", [interval(p.p99_low, p.p99_high, milliseconds) for p in points], rank=1),
        Column("max", [milliseconds(point.latency_ms.max) for point in points], rank=3),
        Column("send p99", [milliseconds(point.send_delay_ms.p99) for point in points]),
        percentiles(rows, rank=2),
        Column("", [Text(point.verdict, style="bold red") for point in points], left=True),
    ]
    return [Grid(columns, [group_label(point.group) if typed else point.transport for point in points], legend=LEGEND)]


def _back(point: LoadPoint) -> Text:
    return Text(or_dash(point.achieved), style="bold red" if point.verdict else "")
