"""Payloads of several sizes in words: the fastest with each size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crossover.contract.text import byte_count
from crossover.derived.ratios import between
from crossover.report.wording.figures import figure, group_label
from crossover.results.comparison import Result
from crossover.results.conclusions.findings import Standing, SweepPoint
from crossover.results.records import ENOUGH_ROUNDS

BEST, DAMAGED = "*", "!"


def fastest_by_size(result: Result) -> Iterator[str]:
    """Yield for each group of several transports the fastest with each payload size."""
    if len({one.transport for one in result.sweep}) < 2:  # noqa: PLR2004
        return
    if not sizes_ranked(result):
        yield "These rounds are too few: they cannot tell a difference from noise. Use more rounds (-r 5)."
        return
    groups: dict[str, list[SweepPoint]] = {}
    for point in result.sweep:
        groups.setdefault(point.group, []).append(point)
    for group, points in groups.items():
        found = [_fastest(one, points) for one in points if one.standing is Standing.FASTEST]
        if found and len({one.transport for one in points}) > 1:
            yield f"Fastest ({group_label(group)}): {'; '.join(found)}."


def size_notes(result: Result) -> Iterator[str]:
    """Yield the sentences that explain the tables."""
    yield "±: half the width of the 95% interval; without a size, the widest of the row."
    if sizes_ranked(result):
        yield f"{BEST} the fastest of its group at this size, or not significantly different from it."
    if any(point.standing is Standing.DAMAGED for point in result.sweep):
        yield f"{DAMAGED} tasks were lost or failed: see the warnings."


def sizes_ranked(result: Result) -> bool:
    """Return whether there are enough rounds to name the fastest."""
    points = result.sweep
    rounds = min((sum(run.transport == point.transport for run in result.runs) for point in points), default=0)
    return rounds >= ENOUGH_ROUNDS * len({point.payload_bytes for point in points})


def _fastest(one: SweepPoint, points: Sequence[SweepPoint]) -> str:
    close = [
        other.transport + (f" {between(other.to_fastest)}" if other.to_fastest else "")
        for other in points
        if other.payload_bytes == one.payload_bytes and other.standing is Standing.CLOSE
    ]
    near = f" (no significant difference: {', '.join(close)})" if close else ""
    return f"at {byte_count(one.payload_bytes)} {one.transport}, {figure(one.throughput)} tasks/s{near}"
