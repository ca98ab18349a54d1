"""The window of a transport: the smallest one with which it carries, within 5%, as much as with any."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence

from crossover.results.comparison import Result
from crossover.results.windows import WindowPoint

WITHIN = 0.95  # of the plateau


def window_points(parts: Iterable[WindowPoint]) -> list[WindowPoint]:
    """Return one point for each window, by window: the median of its parts.

    Args:
        parts: of a sweep, in any order.
    """
    found: dict[int, list[float]] = {}
    for part in parts:
        found.setdefault(part.window, []).append(part.throughput)
    return [WindowPoint(window, statistics.median(found[window]), found[window]) for window in sorted(found)]


def plateau(points: Sequence[WindowPoint]) -> float:
    """Return the throughput with a window that is large enough: the best of the curve, smoothed.

    The best of several noisy figures is too high. Each window is taken together with its neighbours, which on a plateau
    differ by noise only.

    Args:
        points: by window, at least one.
    """
    near = [points[max(0, number - 1) : number + 2] for number in range(len(points))]
    return max(statistics.median(sample for point in three for sample in point.samples) for three in near)


def smallest_window(points: Sequence[WindowPoint], most: float, task_seconds: float = 0.0) -> int:
    """Return the smallest window with which a workload is within 5% of its plateau.

    The points were measured with tasks that do nothing, so the inverse of a throughput is overhead per task; a task of
    the workload takes its own time in addition. Where the two overlap, the window could be smaller still.

    Args:
        points: by window, at least one.
        most: tasks that may be outstanding; the smallest window is allowed in any case.
        task_seconds: that a task of the workload adds, over all workers.
    """
    best = plateau(points)
    enough = (task_seconds + 1 / best) / WITHIN if best else 0.0
    allowed = [point for point in points if point.window <= most] or list(points[:1])
    sufficient = [point for point in allowed if point.throughput and task_seconds + 1 / point.throughput <= enough]
    return sufficient[0].window if sufficient else max(allowed, key=lambda point: point.throughput).window


def plateaus(result: Result) -> dict[str, float]:
    """Return label → tasks/s on its plateau, with tasks that do nothing; only where a search has measured it."""
    return {search.transport: search.plateau for search in result.window_searches if search.plateau}
