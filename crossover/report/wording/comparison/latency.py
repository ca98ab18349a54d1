"""Latencies in words: in closed loop, against load, and hop by hop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crossover.derived.ratios import against, between
from crossover.report.wording.figures import group_label, milliseconds, too_few_rounds
from crossover.results.comparison import Result
from crossover.results.conclusions.findings import LoadPoint, Standing
from crossover.results.records import ENOUGH_ROUNDS

PERCENTILES = {"p50": "p50", "p90": "p90", "p99": "p99", "p99.9": "p999"}
"""What is shown of a latency → the field."""
CLOSED_LOOP = (
    "queued: queueing time, under the load that was run, with a full window; it grows with the window. "
    "Use --rate to measure latency at a constant load."
)
UNLOADED = (
    "unloaded: of a task that does nothing, where each worker has one message and nothing waits; what a task takes "
    "comes in addition."
)
INTENDED = "Latency counts from when a task was due to be sent until its outcome came back: sending late is part of it."
COLUMNS = "All times in ms. rate/s: tasks to be sent; done/s: outcomes received; send p99: how late tasks were sent."
TOO_FEW = "p99.9 needs at least 10,000 messages in each round."
QUEUEING = (
    "wait and return include time in the queue: closed loop keeps the window full. Use --window 1 to measure them "
    "without queueing."
)
BYTES = "bytes: sent and received per task, over all connections of the broker, without TCP headers."


def closed_loop_notes(result: Result) -> Iterator[str]:
    """Yield the sentences that explain the table of latency in closed loop."""
    if any(one.unloaded_ms is not None for one in result.summary):
        yield UNLOADED
    yield CLOSED_LOOP


def load_notes(result: Result) -> Iterator[str]:
    """Yield the sentences that explain the table of latency against load."""
    yield INTENDED
    yield COLUMNS
    if any(point.latency_ms.p999 is None for point in result.loads):
        yield TOO_FEW


def lowest_latency(result: Result) -> Iterator[str]:
    """Yield for each group the transport with the lowest p99 at a typed rate, if there are enough rounds."""
    groups: dict[str, list[LoadPoint]] = {}
    for point in result.loads:
        if point.fraction is None:
            groups.setdefault(point.group, []).append(point)
    if not any(len(members) > 1 for members in groups.values()):
        return
    if result.plan.rounds < ENOUGH_ROUNDS:
        yield too_few_rounds(result.plan.rounds)
        return
    for group, members in groups.items():
        yield from _ranking(f"Lowest p99 ({group_label(group)})" if len(groups) > 1 else "Lowest p99", members)


def _ranking(heading: str, members: Sequence[LoadPoint]) -> Iterator[str]:
    standing = {kind: [point for point in members if point.standing is kind] for kind in Standing}
    for best in standing[Standing.FASTEST]:
        close = ", ".join(map(_within, standing[Standing.CLOSE]))
        yield f"{heading}: {best.transport}, {milliseconds(best.latency_ms.p99)} ms." + (
            f" No significant difference from it: {close}." if close else ""
        )
        if higher := [f"{one.transport} {against(one.to_best)}" for one in standing[Standing.SLOWER] if one.to_best]:
            yield f"Higher than {best.transport}: {', '.join(higher)}."


def _within(point: LoadPoint) -> str:
    return point.transport + (f" ({between(point.to_best)})" if point.to_best else "")


def hops_title(result: Result) -> str:
    """Return what the hops are of: a task, or a message of several."""
    batch = result.plan.batch
    return "Where a task's time goes" if batch == 1 else f"Where the time of a message ({batch:,} tasks) goes"


def hops_notes(result: Result) -> Iterator[str]:
    """Yield the sentences that explain the table of hops."""
    yield QUEUEING
    if any(one.wire_bytes is not None for one in result.summary):
        yield BYTES
