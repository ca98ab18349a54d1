"""Backlogs: how fast they were filled and worked off, and who held them."""

from __future__ import annotations

from collections.abc import Iterator

from crossover.report.terminal.layout.columns import AnyColumn, Column
from crossover.report.terminal.layout.tables import Grid
from crossover.report.terminal.throughput import bars, marks
from crossover.report.wording.figures import bad, figure, interval, known, plural, spread
from crossover.results.comparison import Result

MIB = 2**20


def headline(result: Result) -> str:
    """Return what was asked for."""
    plan = result.plan
    payload = "" if plan.payload_bytes is None else f" of {plan.payload_bytes:,} bytes"
    return (
        f"{plan.workload}: a backlog of {plan.tasks:,} tasks{payload}, {plural(plan.rounds, 'round')}, "
        f"{plural(plan.workers, 'worker')}, batch {plan.batch:,}, {plan.safety} safety"
    )


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
        Column("± 95 %", [spread(one.throughput, one.ci95_low, one.ci95_high) if len(rounds) > 1 else "-"
                          for one, rounds in zip(shown, runs, strict=True)]),
        Column("95 % interval", [interval(one.ci95_low, one.ci95_high) for one in shown], rank=2),
        Column("lost", [bad(sum(run.delivery.lost for run in rounds)) for rounds in runs]),
        Column("held by", [point.role for point in held]),
        Column("MiB", [known(point.memory_bytes, lambda value: figure(value / MIB)) for point in held], kept=True),
        Column("bytes/task", [known(point.bytes_per_task) for point in held], kept=True),
        Column("CPU µs", [known(one.cpu_us) for one in shown], rank=3),
        marks([[run.throughput for run in rounds] for rounds in runs]),
    ]  # fmt: skip
    return [Grid(columns)]


def notes(result: Result) -> Iterator[str]:
    """Say how to read it."""
    yield "fill: accepted while the workers stood still; drain: from when they went on until the last outcome."
    if result.backlogs:
        yield (
            "MiB: growth of the resident memory of who holds it (the largest of the rounds)"
            + ("; bytes/task: where that is 8 MiB or more, less tells nothing." if _too_small(result) else ".")
        )


def _too_small(result: Result) -> bool:
    return any(point.bytes_per_task is None and point.memory_bytes is not None for point in result.backlogs)
