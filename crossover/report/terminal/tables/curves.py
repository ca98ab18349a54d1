"""One line for each transport: its throughput over the numbers of workers, and what it does at the end."""

from __future__ import annotations

from crossover.report.terminal.layout.columns import AnyColumn, Column
from crossover.report.terminal.layout.drawing import line_of
from crossover.report.terminal.layout.grid import Grid
from crossover.report.wording.answer.scale import curves, shape_words
from crossover.report.wording.figures import figure
from crossover.results.comparison import Result


def scaling_curves(result: Result) -> list[Grid]:
    """Return the table; none if nothing was measured."""
    found = curves(result)
    if not found:
        return []
    counts = sorted({point.workers for curve in found.values() for point in curve.points})
    columns: list[AnyColumn] = [
        Column("transport", list(found)),
        Column(f"{counts[0]:,} to {counts[-1]:,}",
               [line_of([one.throughput for one in curve.points]) for curve in found.values()], left=True),
        Column("best/s", [figure(curve.enough.throughput) for curve in found.values()]),
        Column("workers", [f"{curve.enough.workers:,}" for curve in found.values()]),
        Column("with more workers", [shape_words(curve) for curve in found.values()], left=True),
    ]  # fmt: skip
    return [Grid(columns, caption=f"Throughput with {', '.join(f'{count:,}' for count in counts)} workers")]
