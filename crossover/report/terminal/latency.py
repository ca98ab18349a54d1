"""Latency in closed loop: how long a task takes while the window is full."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from crossover.report.terminal.layout.columns import AnyColumn, Column, Drawn
from crossover.report.terminal.layout.drawing import on_axis
from crossover.report.terminal.layout.tables import Grid
from crossover.report.wording.figures import known, milliseconds
from crossover.results.comparison import Result
from crossover.results.percentiles import medians
from crossover.results.records import BACKLOG, Percentiles

CLOSED_LOOP = (
    "In closed loop a task's latency is mostly time in the queue: it grows with the window. --rate shows the latency "
    "at a load that is kept."
)
SHOWN = {"p50": "p50", "p90": "p90", "p99": "p99", "p99.9": "p999"}
MARKS = {"p50": "o", "p90": "+", "p99": "x", "p99.9": "*"}
LEGEND = f"{', '.join(f'{mark} {what}' for what, mark in MARKS.items())}; logarithmic: twice as long, as far again."
LEAST, USUAL, MOST = 12, 20, 80  # columns of what is drawn


def latencies(result: Result) -> list[Grid]:
    """Return the percentiles of each transport, in milliseconds; nothing where nothing came back."""
    found: dict[str, Percentiles] = {}
    for one in result.summary:
        rounds = [run.latency_ms for run in result.rounds_of(one.transport) if run.load.mode != BACKLOG]
        if known_ones := [latency for latency in rounds if latency is not None]:
            found[one.transport] = medians(known_ones)
    rows = {name: {what: getattr(one, field) for what, field in SHOWN.items()} for name, one in found.items()}
    if not any(any(row.values()) for row in rows.values()):
        return []
    columns: list[AnyColumn] = [
        Column("transport", list(rows)),
        *(Column(f"{what} ms", [known(row[what], milliseconds) for row in rows.values()]) for what in SHOWN),
        Column("max ms", [known(one.max, milliseconds) for one in found.values()], rank=1),
        Column("mean ms", [known(one.mean, milliseconds) for one in found.values()], rank=2),
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
