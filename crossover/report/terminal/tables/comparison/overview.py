"""The one table of a comparison that is always shown."""

from __future__ import annotations

from crossover.derived.labels import workers_of
from crossover.report.terminal.layout.columns import AnyColumn, Column, bars
from crossover.report.terminal.layout.grid import Grid
from crossover.report.wording.answer.overview import columns_of_wrong, overview_rows
from crossover.report.wording.figures import failures, figure, half
from crossover.results.comparison import Result
from crossover.results.conclusions.findings import Summary

ONE_PERCENT = 0.005  # from here on, rounded


def overview(result: Result) -> list[Grid]:
    """Return the table, by group; none if nothing was measured."""
    rows = overview_rows(result)
    if not rows:
        return []
    top = max(row.one.throughput for row in rows)
    spreads = [_half(row.one) if row.rounds > 1 else "-" for row in rows]
    columns: list[AnyColumn] = [
        Column("transport", [row.label for row in rows]),
        Column("workers", [f"{found:,}" if (found := workers_of(row.one)) else "-" for row in rows]),
        Column("tasks/s", [figure(row.one.throughput) for row in rows]),
        bars([row.one.throughput / top if top else 0.0 for row in rows]),
        Column("± 95%", spreads),
        Column("vs fastest", [row.versus for row in rows], left=True),
        *(Column(what, [failures(row.wrong[what]) for row in rows]) for what in columns_of_wrong(rows)),
    ]
    return [Grid(columns, [row.group for row in rows])]


def _half(one: Summary) -> str:
    """Return half the width of an interval, in whole percent."""
    part = half(one.throughput, one.ci95_low, one.ci95_high)
    return f"{part:.0%}" if part >= ONE_PERCENT else "< 1%"
