"""Numbers of workers: one table of all curves, one for each transport, one for the other settings that were tried."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from crossover.report.terminal.layout.columns import AnyColumn, Column, bars, marks
from crossover.report.terminal.layout.drawing import line_of
from crossover.report.terminal.layout.grid import Grid
from crossover.report.wording.answer.scale import curves, shape_words
from crossover.report.wording.figures import MIB, failures, figure, interval, or_dash, spread
from crossover.report.wording.scaling import other_settings, settings_caption, times
from crossover.results.comparison import Result
from crossover.results.conclusions.findings import Law, ScalePoint
from crossover.results.records import Run


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


def scaling(result: Result, law: Law) -> list[Grid]:
    """Return a row for each number of workers, and where other settings were tried with the best, one for each."""
    points = [point for point in result.points if point.transport == law.transport]
    each = points[0].throughput / points[0].workers
    first = [
        Column("workers", [f"{point.workers:,}" for point in points]),
        *_columns(result, points, [times(point.throughput / point.workers, each) for point in points], "per\nworker"),
    ]
    others = other_settings(result, law)
    if len(others) < 2:  # noqa: PLR2004
        return [Grid(first)]
    name = len(law.transport) + 1
    parts = [times(point.throughput, others[0].throughput) for point in others]
    second = [
        Column("setting", [point.transport[name:] for point in others]),
        *_columns(result, others, parts, "× first"),
    ]
    return [Grid(first), Grid(second, caption=settings_caption(others))]


def _columns(result: Result, points: Sequence[ScalePoint], parts: Sequence[str], part: str) -> list[AnyColumn]:
    top = max(point.throughput for point in points)
    runs = [_runs(result, point) for point in points]
    return [
        Column("tasks/s", [figure(point.throughput) for point in points]),
        bars([point.throughput / top if top else 0.0 for point in points]),
        Column("± 95%", [spread(point.throughput, point.ci95_low, point.ci95_high) if point.rounds > 1 else "-"
                          for point in points]),
        Column("95% interval", [interval(point.ci95_low, point.ci95_high) for point in points], rank=3),
        Column(part, parts),
        Column("CPU µs", [or_dash(point.cpu_us) for point in points]),
        Column("MiB", [or_dash(point.memory_bytes, lambda value: figure(value / MIB)) for point in points]),
        Column("limit", [failures(1, "damaged") if point.damage else Text(point.limit) for point in points], left=True),
        marks([[run.throughput for run in found] for found in runs]),
    ]  # fmt: skip


def _runs(result: Result, point: ScalePoint) -> list[Run]:
    return [run for run in result.runs if (run.transport, run.workers) == (point.transport, point.workers)]
