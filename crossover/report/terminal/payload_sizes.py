"""Payloads of several sizes: a row for each transport, a column for each size."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from rich.text import Text

from crossover.report.terminal.layout.columns import AnyColumn, Column
from crossover.report.terminal.layout.tables import Grid, SideBySide
from crossover.report.wording.figures import figure, group_label
from crossover.results.comparison import Result
from crossover.results.findings import Standing, SweepPoint
from crossover.results.records import ENOUGH_ROUNDS

UNITS = ((2**30, "G"), (2**20, "M"), (2**10, "k"))
BEST, DAMAGED = "*", "!"
Value = Callable[[SweepPoint], float]


def sweep(result: Result) -> list[SideBySide]:
    """Return a table of tasks/s and one of MB/s."""
    if not result.sweep:
        return []
    grids = [_grid(result, result.sweep, "tasks/s", lambda point: point.throughput)]
    if sized := [point for point in result.sweep if point.payload_bytes]:
        grids.append(_grid(result, sized, "MB/s of payload, there and back", lambda point: point.mb_per_s))
    return [SideBySide(grids)]


def sizes(result: Result) -> Iterator[str]:
    """Say who is the fastest with payloads of each size, in each group of several."""
    if len({one.transport for one in result.sweep}) < 2:  # noqa: PLR2004
        return
    if not told(result):
        yield "So few rounds cannot tell a difference from noise: give it more (-r 5)."
        return
    groups: dict[str, list[SweepPoint]] = {}
    for point in result.sweep:
        groups.setdefault(point.group, []).append(point)
    for group, points in groups.items():
        found = [_fastest(one, points) for one in points if one.standing is Standing.FASTEST]
        if found and len({one.transport for one in points}) > 1:
            yield f"Fastest {group_label(group)}: {'; '.join(found)}."


def _fastest(one: SweepPoint, points: Sequence[SweepPoint]) -> str:
    close = [
        other.transport
        for other in points
        if other.payload_bytes == one.payload_bytes and other.standing is Standing.CLOSE
    ]
    beside = f", not distinguishable from it: {', '.join(close)}" if close else ""
    return f"with {size_of(one.payload_bytes)} {one.transport}, {figure(one.throughput)} tasks/s{beside}"


def notes(result: Result) -> Iterator[str]:
    """Say how to read it."""
    yield "±: half the 95 % interval; without a size, the widest of the row."
    if told(result):
        yield f"{BEST} the fastest of its group with payloads of this size, and what cannot be told from it."
    if any(point.standing is Standing.DAMAGED for point in result.sweep):
        yield f"{DAMAGED} something was lost, or went wrong otherwise: see below."


def told(result: Result) -> bool:
    """Return whether there are enough rounds to tell a difference."""
    points = result.sweep
    rounds = min((sum(run.transport == point.transport for run in result.runs) for point in points), default=0)
    return rounds >= ENOUGH_ROUNDS * len({point.payload_bytes for point in points})


def size_of(count: int) -> str:
    """Return a number of bytes as it was typed: 64k, 16M."""
    return next((f"{count // unit}{letter}" for unit, letter in UNITS if count and count % unit == 0), f"{count}")


def _grid(result: Result, points: Sequence[SweepPoint], caption: str, value: Value) -> Grid:
    rows: dict[str, dict[int, SweepPoint]] = {}
    for point in points:
        rows.setdefault(point.transport, {})[point.payload_bytes] = point
    enough = told(result)
    columns: list[AnyColumn] = [Column("transport", list(rows))]
    for number, size in enumerate(dict.fromkeys(point.payload_bytes for point in points), start=1):
        found = [row.get(size) for row in rows.values()]
        columns.append(Column(size_of(size), [_cell(point, value, told=enough) for point in found]))
        halves = ["-" if point is None else f"{_half(point):.0%}" for point in found]
        columns.append(Column(f"± {size_of(size)}", halves, rank=number))
    columns.append(Column("±", [f"{max(map(_half, row.values())):.0%}" for row in rows.values()]))
    return Grid(columns, [group_label(next(iter(row.values())).group) for row in rows.values()], caption)


def _half(point: SweepPoint) -> float:
    return (point.ci95_high - point.ci95_low) / 2 / point.throughput if point.throughput else 0.0


def _cell(point: SweepPoint | None, value: Value, *, told: bool) -> Text:
    if point is None:
        return Text("-")
    if point.standing is Standing.DAMAGED:
        return Text(f"{figure(value(point))}{DAMAGED}", style="bold red")
    best = told and point.standing is not Standing.SLOWER
    return Text(f"{figure(value(point))}{BEST if best else ' '}", style="bold" if best else "")
