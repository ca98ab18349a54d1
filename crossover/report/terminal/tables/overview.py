"""The one table of a comparison that is always shown."""

from __future__ import annotations

from crossover.report.terminal.layout.columns import AnyColumn, Column, bars
from crossover.report.terminal.layout.grid import Grid
from crossover.report.wording.answer.overview import columns_of_wrong, overview_rows
from crossover.report.wording.figures import failures, figure, spread
from crossover.results.comparison import Result


def overview(result: Result) -> list[Grid]:
    """Return the table, by group; none if nothing was measured."""
    rows = overview_rows(result)
    if not rows:
        return []
    top = max(row.one.throughput for row in rows)
    spreads = [
        spread(row.one.throughput, row.one.ci95_low, row.one.ci95_high) if row.rounds > 1 else "-" for row in rows
    ]
    columns: list[AnyColumn] = [
        Column("transport", [row.label for row in rows]),
        Column("workers", [f"{row.one.workers:,}" if row.one.workers else "-" for row in rows]),
        Column("tasks/s", [figure(row.one.throughput) for row in rows]),
        bars([row.one.throughput / top if top else 0.0 for row in rows]),
        Column("± 95%", spreads),
        Column("vs fastest", [row.versus for row in rows], left=True),
        *(Column(what, [failures(row.wrong[what]) for row in rows]) for what in columns_of_wrong(rows)),
    ]
    return [Grid(columns, [row.group for row in rows])]
