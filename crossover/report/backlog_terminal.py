"""What a person sees of backlogs."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from crossover.contract.findings import BacklogPoint, Summary
from crossover.contract.result import Result
from crossover.report.words import BAR, bar, figure, fitted, plural

NARROWEST_BAR = 4  # columns
HEADINGS = ("transport", "fill/s", "drain/s", "", "± 95 %", "lost", "held by", "MiB", "bytes/task")
BAR_COLUMN = 3


def headline(result: Result) -> str:
    """Return what was asked for."""
    plan = result.plan
    payload = "" if plan.payload_bytes is None else f" of {plan.payload_bytes:,} bytes"
    return (
        f"{plan.workload}: a backlog of {plan.tasks:,} tasks{payload}, {plural(plan.rounds, 'round')}, "
        f"{plural(plan.workers, 'worker')}, batch {plan.batch:,}, {plan.safety} safety"
    )


def tables(result: Result) -> Iterator[RenderableType]:
    """Return the table, the fastest drain first."""
    points = {point.transport: point for point in result.backlogs}
    shown = sorted((one for one in result.summary if one.transport in points), key=lambda one: -one.throughput)
    top = max((one.throughput for one in shown), default=0.0)
    rows = [list(_row(result, one, points[one.transport])) for one in shown]

    def draw(number: int, width: int) -> str:
        return bar(shown[number].throughput / top if top else 0.0, width)

    yield fitted(HEADINGS, rows, BAR_COLUMN, draw, (NARROWEST_BAR, BAR))


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


def _row(result: Result, summary: Summary, point: BacklogPoint) -> Iterator[Text]:
    runs = [run for run in result.runs if run.transport == summary.transport]
    spread = (summary.ci95_high - summary.ci95_low) / 2 / summary.throughput if summary.throughput else 0.0
    lost = sum(run.delivery.lost for run in runs)
    yield Text(summary.transport)
    yield Text(figure(point.fill))
    yield Text(figure(summary.throughput))
    yield Text(f"{spread:.1%}" if len(runs) > 1 else "-")
    yield Text(f"{lost:,}", style="bold red" if lost else "")
    yield Text(point.role)
    yield Text("-" if point.memory_bytes is None else figure(point.memory_bytes / 2**20))
    yield Text("-" if point.bytes_per_task is None else figure(point.bytes_per_task))
