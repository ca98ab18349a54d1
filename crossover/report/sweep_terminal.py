"""What the terminal says of payloads of several sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from crossover.contract.findings import SweepPoint
from crossover.report.words import figure, table, widths_of

UNITS = ((2**30, "G"), (2**20, "M"), (2**10, "k"))


def sweep(points: Sequence[SweepPoint]) -> Iterator[RenderableType]:
    """Return a table of tasks/s and one of MB/s: a row for each transport, a column for each size."""
    yield Text("tasks/s", style="bold")
    yield _table(points, lambda point: point.throughput)
    yield Text("\nMB/s of payload, there and back", style="bold")
    yield _table([point for point in points if point.payload_bytes], lambda point: point.mb_per_s)
    yield Text("\n* the fastest with payloads of this size, and what cannot be told from it.")


def size_of(count: int) -> str:
    """Return a number of bytes as it was typed: 64k, 16M."""
    return next((f"{count // unit}{letter}" for unit, letter in UNITS if count and count % unit == 0), f"{count}")


def _table(points: Sequence[SweepPoint], value: Callable[[SweepPoint], float]) -> RenderableType:
    sizes = list(dict.fromkeys(point.payload_bytes for point in points))
    headings = ["transport", *map(size_of, sizes)]
    rows = []
    for transport in dict.fromkeys(point.transport for point in points):
        cells = {point.payload_bytes: point for point in points if point.transport == transport}
        rows.append([Text(transport), *(_cell(points, cells.get(size), value) for size in sizes)])
    return table(headings, rows, widths_of(headings, rows), bar=-1)


def _cell(points: Sequence[SweepPoint], point: SweepPoint | None, value: Callable[[SweepPoint], float]) -> Text:
    if point is None:
        return Text("-")
    best = max((one for one in points if one.payload_bytes == point.payload_bytes), key=lambda one: one.throughput)
    leads = point.ci95_high >= best.ci95_low
    return Text(f"{figure(value(point))}{'*' if leads else ' '}", style="bold" if leads else "")
