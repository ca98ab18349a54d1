"""Backlogs: how fast they were filled and drained, and which role held them."""

from __future__ import annotations

from crossover.report.terminal.layout.columns import AnyColumn, Column, bars, marks
from crossover.report.terminal.layout.grid import Grid
from crossover.report.wording.figures import MIB, failures, figure, interval, or_dash, spread
from crossover.results.comparison import Result


def backlogs(result: Result) -> list[Grid]:
    """Return the table, the fastest drain first."""
    points = {point.transport: point for point in result.backlogs}
    shown = sorted((one for one in result.summary if one.transport in points), key=lambda one: -one.throughput)
    if not shown:
        return []
    held = [points[one.transport] for one in shown]
    runs = [[run for run in result.runs if run.transport == one.transport] for one in shown]
    top = max(one.throughput for one in shown)
    columns: list[AnyColumn] = [
        Column("transport", [one.transport for one in shown]),
        Column("fill/s", [figure(point.fill) for point in held]),
        Column("drain/s", [figure(one.throughput) for one in shown]),
        bars([one.throughput / top if top else 0.0 for one in shown]),
        Column("± 95%", [spread(one.throughput, one.ci95_low, one.ci95_high) if len(rounds) > 1 else "-"
                          for one, rounds in zip(shown, runs, strict=True)]),
        Column("95% interval", [interval(one.ci95_low, one.ci95_high) for one in shown], rank=2),
        Column("lost", [failures(sum(run.delivery.lost for run in rounds)) for rounds in runs]),
        Column("held by", [point.role for point in held]),
        Column("MiB", [or_dash(point.memory_bytes, lambda value: figure(value / MIB)) for point in held], kept=True),
        Column("bytes/task", [or_dash(point.bytes_per_task) for point in held], kept=True),
        Column("CPU µs", [or_dash(one.cpu_us) for one in shown], rank=3),
        marks([[run.throughput for run in rounds] for rounds in runs]),
    ]  # fmt: skip
    return [Grid(columns)]
