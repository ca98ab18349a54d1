"""Latency in closed loop: how long a task takes while the window is full."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence

from crossover.contract.records import BACKLOG, OPEN, Percentiles
from crossover.contract.result import Result
from crossover.report.columns import AnyColumn, Column, Drawn
from crossover.report.drawing import on_axis
from crossover.report.tables import Grid
from crossover.report.words import known, milliseconds

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
    runs: dict[str, list[Percentiles]] = {}
    for run in result.runs:
        if run.latency_ms is not None and run.load.mode not in {OPEN, BACKLOG}:
            runs.setdefault(run.transport, []).append(run.latency_ms)
    found = {one.transport: runs[one.transport] for one in result.summary if one.transport in runs}
    rows = {name: {what: median(getattr(one, field) for one in rounds) for what, field in SHOWN.items()}
            for name, rounds in found.items()}  # fmt: skip
    if not any(any(row.values()) for row in rows.values()):
        return []
    columns: list[AnyColumn] = [
        Column("transport", list(rows)),
        *(Column(f"{what} ms", [known(row[what], milliseconds) for row in rows.values()]) for what in SHOWN),
        *(Column(f"{what} ms", _of_rounds(found, what), rank=rank) for what, rank in (("max", 1), ("mean", 2))),
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


def median(values: Iterable[float | None]) -> float | None:
    """Return the median of what is known; None where nothing is."""
    found = [value for value in values if value is not None]
    return statistics.median(found) if found else None


def _of_rounds(found: Mapping[str, Sequence[Percentiles]], what: str) -> list[str]:
    return [known(median(getattr(one, what) for one in rounds), milliseconds) for rounds in found.values()]
