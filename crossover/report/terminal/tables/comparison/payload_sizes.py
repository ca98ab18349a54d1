"""Payloads of several sizes: a row for each transport, a column for each size."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.text import Text

from crossover.contract.text import byte_count
from crossover.report.terminal.layout.columns import AnyColumn, Column
from crossover.report.terminal.layout.grid import Grid, SideBySide
from crossover.report.wording.comparison.payload_sizes import BEST, DAMAGED, sizes_ranked
from crossover.report.wording.figures import figure, group_label, half
from crossover.results.comparison import Result
from crossover.results.conclusions.findings import Standing, SweepPoint

Value = Callable[[SweepPoint], float]


def payload_sizes(result: Result) -> list[SideBySide]:
    """Return a table of tasks/s and one of MB/s."""
    if not result.sweep:
        return []
    grids = [_grid(result, result.sweep, "tasks/s", lambda point: point.throughput)]
    if sized := [point for point in result.sweep if point.payload_bytes]:
        grids.append(_grid(result, sized, "MB/s of payload, there and back", lambda point: point.mb_per_s))
    return [SideBySide(grids)]


def _grid(result: Result, points: Sequence[SweepPoint], caption: str, value: Value) -> Grid:
    rows: dict[str, dict[int, SweepPoint]] = {}
    for point in points:
        rows.setdefault(point.transport, {})[point.payload_bytes] = point
    enough = sizes_ranked(result)
    columns: list[AnyColumn] = [Column("transport", list(rows))]
    for number, size in enumerate(dict.fromkeys(point.payload_bytes for point in points), start=1):
        found = [row.get(size) for row in rows.values()]
        columns.append(Column(byte_count(size), [_cell(point, value, told=enough) for point in found]))
        halves = ["-" if point is None else f"{_half(point):.0%}" for point in found]
        columns.append(Column(f"± {byte_count(size)}", halves, rank=number))
    columns.append(Column("±", [f"{max(map(_half, row.values())):.0%}" for row in rows.values()]))
    return Grid(columns, [group_label(next(iter(row.values())).group) for row in rows.values()], caption)


def _half(point: SweepPoint) -> float:
    return half(point.throughput, point.ci95_low, point.ci95_high)


def _cell(point: SweepPoint | None, value: Value, *, told: bool) -> Text:
    if point is None:
        return Text("-")
    if point.standing is Standing.DAMAGED:
        return Text(f"{figure(value(point))}{DAMAGED}", style="bold red")
    best = told and point.standing is not Standing.SLOWER
    return Text(f"{figure(value(point))}{BEST if best else ' '}", style="bold" if best else "")
