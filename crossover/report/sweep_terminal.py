"""What the terminal says of payloads of several sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from crossover.contract.findings import Standing, SweepPoint
from crossover.contract.records import ENOUGH_ROUNDS
from crossover.contract.result import Result
from crossover.report.words import figure, said, table, widths_of

UNITS = ((2**30, "G"), (2**20, "M"), (2**10, "k"))
BEST, DAMAGED = "*", "!"


def sweep(result: Result) -> Iterator[RenderableType]:
    """Return a table of tasks/s and one of MB/s: a row for each transport, a column for each size."""
    points = result.sweep
    rounds = min((sum(run.transport == point.transport for run in result.runs) for point in points), default=0)
    told = rounds >= ENOUGH_ROUNDS * len({point.payload_bytes for point in points})
    yield Text("tasks/s", style="bold")
    yield from _tables(points, lambda point: point.throughput, told=told)
    sized = [point for point in points if point.payload_bytes]
    if sized:
        yield Text("\nMB/s of payload, there and back", style="bold")
        yield from _tables(sized, lambda point: point.mb_per_s, told=told)
    yield Text("\n±: half the widest 95 % interval of the row.")
    if told:
        yield Text(f"{BEST} the fastest of its group with payloads of this size, and what cannot be told from it.")
    else:
        yield Text("So few rounds cannot tell a difference from noise: give it more (-r 5).")
    for point in points:
        if point.standing is Standing.DAMAGED:
            yield said("red", f"{DAMAGED} {point.transport}, {size_of(point.payload_bytes)}:", point.verdict)
    about: dict[str, list[str]] = {}
    for point in points:
        for warning in point.warnings:
            about.setdefault(warning, []).append(f"{point.transport} {size_of(point.payload_bytes)}")
    for warning, which in about.items():
        yield said("yellow", "warning:", f"{', '.join(which)}: {warning}")


def size_of(count: int) -> str:
    """Return a number of bytes as it was typed: 64k, 16M."""
    return next((f"{count // unit}{letter}" for unit, letter in UNITS if count and count % unit == 0), f"{count}")


def _tables(
    points: Sequence[SweepPoint], value: Callable[[SweepPoint], float], *, told: bool
) -> Iterator[RenderableType]:
    """Return a table for each group, all with columns of the same width."""
    sizes = list(dict.fromkeys(point.payload_bytes for point in points))
    headings = ["transport", *map(size_of, sizes), "±"]
    groups: dict[str, dict[str, list[Text]]] = {}
    for transport in dict.fromkeys(point.transport for point in points):
        own = {point.payload_bytes: point for point in points if point.transport == transport}
        cells = [_cell(own.get(size), value, told=told) for size in sizes]
        group = next(iter(own.values())).group
        groups.setdefault(group, {})[transport] = [Text(transport), *cells, Text(f"{_widest(own.values()):.0%}")]
    rows = [row for members in groups.values() for row in members.values()]
    widths = widths_of(headings, rows)
    yield table(headings, [], widths, bar=-1)
    for group, members in groups.items():
        if len(groups) > 1:
            yield Text(f"{group}:", style="italic")
        yield table(headings, list(members.values()), widths, bar=-1, headed=False)


def _widest(points: Iterable[SweepPoint]) -> float:
    halves = [(one.ci95_high - one.ci95_low) / 2 / one.throughput for one in points if one.throughput]
    return max(halves, default=0.0)


def _cell(point: SweepPoint | None, value: Callable[[SweepPoint], float], *, told: bool) -> Text:
    if point is None:
        return Text("-")
    if point.standing is Standing.DAMAGED:
        return Text(f"{figure(value(point))}{DAMAGED}", style="bold red")
    best = told and point.standing is not Standing.SLOWER
    return Text(f"{figure(value(point))}{BEST if best else ' '}", style="bold" if best else "")
