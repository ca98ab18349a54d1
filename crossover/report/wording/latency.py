"""Latencies in words: in closed loop, against load, and by the hops of a task's way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crossover.report.wording.figures import group_label, milliseconds, plural
from crossover.results.comparison import Result
from crossover.results.findings import LoadPoint, Standing
from crossover.results.records import ENOUGH_ROUNDS

PERCENTILES = {"p50": "p50", "p90": "p90", "p99": "p99", "p99.9": "p999"}
"""What is shown of a latency → the field."""
CLOSED_LOOP = (
    "In closed loop a task's latency is mostly time in the queue: it grows with the window. --rate shows the latency "
    "at a load that is kept."
)
INTENDED = "Latency counts from when a task should have been sent until it was back; it includes how late it was sent."
COLUMNS = "In ms. back/s: tasks that came back. send p99: how late they were sent."
TOO_FEW = "p99.9 needs 10,000 messages in each round."
QUEUEING = (
    "Queueing is part of wait and return: closed loop keeps the window full, and the larger it is, the longer they "
    "are. --window 1 shows the bare way."
)
BYTES = "bytes: there and back for each task, over all connections of the broker, without TCP's own."


def load_notes(result: Result) -> Iterator[str]:
    """Say how the table of latency against load is read."""
    yield INTENDED
    yield COLUMNS
    if any(point.latency_ms.p999 is None for point in result.loads):
        yield TOO_FEW


def lowest_latency(result: Result) -> Iterator[str]:
    """Say which transport has the lowest p99 at a typed rate, if that can be told."""
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


def hops_title(result: Result) -> str:
    """Return what the hops are of: a task, or a message of several."""
    batch = result.plan.batch
    what = "a task's time" if batch == 1 else f"the time of a message ({plural(batch, 'task')})"
    return f"Where {what} goes"


def hops_notes(result: Result) -> Iterator[str]:
    """Say how the table of hops is read."""
    yield QUEUEING
    if any(one.wire_bytes is not None for one in result.summary):
        yield BYTES
