"""Latency against load: a row for each transport at a typed rate, or for each rate that was found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from crossover.report.terminal.latency import LEGEND, SHOWN, percentiles
from crossover.report.terminal.layout.columns import AnyColumn, Column
from crossover.report.terminal.layout.tables import Grid
from crossover.report.wording.figures import figure, group_label, interval, known, milliseconds, plural
from crossover.results.comparison import Result
from crossover.results.findings import LoadPoint, Standing
from crossover.results.records import ENOUGH_ROUNDS

INTENDED = "Latency counts from when a task should have been sent until it was back; it includes how late it was sent."
COLUMNS = "In ms. back/s: tasks that came back. send p99: how late they were sent."
TOO_FEW = "p99.9 needs 10,000 messages in each round."


def loads(result: Result) -> list[Grid]:
    """Return the table of latency against load; nothing where no rate was kept."""
    points = result.loads
    if not points:
        return []
    typed = result.plan.rate is not None
    rows = [{what: getattr(point.latency_ms, name) for what, name in SHOWN.items()} for point in points]
    first = [point.transport if point.fraction is None else f"{point.fraction:.0%}" for point in points]
    columns: list[AnyColumn] = [
        Column("transport" if typed else "load", first),
        Column("asked/s", [figure(point.rate) for point in points]),
        Column("back/s", [_back(point) for point in points]),
        *(Column(what, [known(row[what], milliseconds) for row in rows]) for what in SHOWN),
        Column("p99 95 % interval", [interval(p.p99_low, p.p99_high, milliseconds) for p in points], rank=1),
        Column("max", [milliseconds(point.latency_ms.max) for point in points], rank=3),
        Column("send p99", [milliseconds(point.send_delay_ms.p99) for point in points]),
        percentiles(rows, rank=2),
        Column("", [Text(point.verdict, style="bold red") for point in points], left=True),
    ]
    return [Grid(columns, [group_label(point.group) if typed else point.transport for point in points], legend=LEGEND)]


def notes(result: Result) -> Iterator[str]:
    """Say how to read it."""
    yield INTENDED
    yield COLUMNS
    if any(point.latency_ms.p999 is None for point in result.loads):
        yield TOO_FEW


def load_answer(result: Result) -> Iterator[str]:
    """Say who answers soonest at a typed rate, where that can be told."""
    groups: dict[str, list[LoadPoint]] = {}
    for point in result.loads:
        if point.fraction is None:
            groups.setdefault(point.group, []).append(point)
    if not any(len(members) > 1 for members in groups.values()):
        return
    if result.plan.rounds < ENOUGH_ROUNDS:
        yield f"{plural(result.plan.rounds, 'round')} cannot tell a difference from noise: give it more (-r 5)."
        return
    for group, members in groups.items():
        yield from _ranking(f"Lowest p99 {group_label(group)}" if len(groups) > 1 else "Lowest p99", members)


def _ranking(heading: str, members: Sequence[LoadPoint]) -> Iterator[str]:
    standing = {kind: [point for point in members if point.standing is kind] for kind in Standing}
    for best in standing[Standing.FASTEST]:
        close = ", ".join(point.transport for point in standing[Standing.CLOSE])
        yield f"{heading}: {best.transport}, {milliseconds(best.latency_ms.p99)} ms." + (
            f" Not distinguishable from it: {close}." if close else ""
        )


def _back(point: LoadPoint) -> Text:
    return Text(known(point.achieved), style="bold red" if point.verdict else "")
