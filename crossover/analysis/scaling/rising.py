"""Whether throughput still rises at the largest number of workers that was measured: then no number is the best."""

from __future__ import annotations

from collections.abc import Sequence

from crossover.results.conclusions.findings import GIL, MACHINE, ScalePoint

RISING = 0.2  # of what more workers would add if each added as much


def rises(points: Sequence[ScalePoint]) -> bool:
    """Return whether the largest number of workers is clearly better than all others.

    Args:
        points: of one transport, the fewest workers first.
    """
    if len(points) < 2:  # noqa: PLR2004 - one point is no curve
        return True
    last, before = points[-1], max(points[:-1], key=lambda point: point.throughput)
    if last.damage or before.damage or not before.throughput:
        return False
    return last.throughput / before.throughput - 1 >= RISING * (last.workers / before.workers - 1)


def still_rises(points: Sequence[ScalePoint]) -> bool:
    """Return whether more workers than were measured may help: the curve rises, and cores are free."""
    sound = [point for point in points if not point.damage]
    return bool(sound) and rises(sound) and sound[-1].limit not in {MACHINE, GIL} and len(sound) > 1
