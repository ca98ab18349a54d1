"""Latency against load, in the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from crossover.contract.findings import LoadPoint, Standing
from crossover.contract.records import ENOUGH_ROUNDS, Percentiles
from crossover.contract.result import Result
from crossover.report.words import BETWEEN, WIDTH, figure, plural, table

HEADINGS = ("asked/s", "back/s", "p50", "p90", "p99", "p99.9", "send p99", "")
TENTHS, WHOLE = 10, 100  # milliseconds from which on so many digits do


def load_tables(result: Result) -> Iterator[RenderableType]:
    """Return the table of latency against load, and under it what its columns are; nothing where no rate was kept.

    At a typed rate there is a row for each transport; where the rates were found, there are rows under each.
    """
    if not result.loads:
        return
    if result.summary:
        yield Text()
    yield Text("Latency in ms, from when a task should have been sent until it was back:", style="bold")
    typed = result.plan.rate is not None
    headings = ("transport" if typed else "load", *HEADINGS)
    rows = [_row(point) for point in result.loads]
    widths = [max(map(len, column)) for column in zip(map(Text, headings), *rows, strict=True)]
    widths[0] = min(widths[0], WIDTH - sum(widths[1:]) - BETWEEN * (len(widths) - 1))
    words = len(HEADINGS)  # the last column
    yield table(headings, [], widths, words)
    sections: dict[str, list[list[Text]]] = {}
    for point, row in zip(result.loads, rows, strict=True):
        sections.setdefault(point.group if typed else point.transport, []).append(row)
    for section, members in sections.items():
        if len(sections) > 1:
            yield Text(f"{section}:", style="italic")
        yield table(headings, members, widths, words, headed=False)
    yield Text("back/s: tasks that came back. send p99: how late they were sent; the latency includes it.")
    if any(point.latency_ms.p999 is None for point in result.loads):
        yield Text("p99.9 needs 10,000 messages in each round.")


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
        yield from _ranking(f"Lowest p99 {group}" if len(groups) > 1 else "Lowest p99", members)


def load_warnings(result: Result) -> dict[str, list[str]]:
    """Return warning → whom it is about."""
    about: dict[str, list[str]] = {}
    for point in result.loads:
        for warning in point.warnings:
            about.setdefault(warning, []).append(point.transport)
    return about


def _ranking(heading: str, members: Sequence[LoadPoint]) -> Iterator[str]:
    standing = {kind: [point for point in members if point.standing is kind] for kind in Standing}
    for best in standing[Standing.FASTEST]:
        close = ", ".join(point.transport for point in standing[Standing.CLOSE])
        yield f"{heading}: {best.transport}, {milliseconds(best.latency_ms.p99)} ms." + (
            f" Not distinguishable from it: {close}." if close else ""
        )


def _row(point: LoadPoint) -> list[Text]:
    return [
        Text(point.transport if point.fraction is None else f"{point.fraction:.0%}"),
        Text(figure(point.rate)),
        Text("-" if point.achieved is None else figure(point.achieved), style="bold red" if point.verdict else ""),
        *_percentiles(point.latency_ms),
        Text(milliseconds(point.send_delay_ms.p99)),
        Text(point.verdict, style="bold red"),
    ]


def _percentiles(latency: Percentiles) -> Iterator[Text]:
    for value in (latency.p50, latency.p90, latency.p99, latency.p999):
        yield Text("-" if value is None else milliseconds(value))


def milliseconds(value: float) -> str:
    """Return a time: what is below 0.01 ms nobody can tell."""
    return f"{value:,.0f}" if value >= WHOLE else f"{value:.1f}" if value >= TENTHS else f"{value:.2f}"
