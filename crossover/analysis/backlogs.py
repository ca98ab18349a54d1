"""Backlogs: how fast each was sent, and how much memory it took."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

from crossover.results.conclusions.findings import BacklogPoint
from crossover.results.records import Run

LEAST_GROWTH = 8 * 2**20  # bytes; a process may grow by less for any reason


def backlog_points(runs: Mapping[str, Sequence[Run]]) -> list[BacklogPoint]:
    """Return one point for each transport with a backlog.

    Args:
        runs: label → its runs.
    """
    return [
        _point(label, waited) for label, rounds in runs.items() if (waited := [run for run in rounds if run.backlog])
    ]


def _point(label: str, runs: Sequence[Run]) -> BacklogPoint:
    """Return the point of one transport; memory is the largest growth, because reused memory shows no growth."""
    found = [(run.delivery.accepted, run.backlog) for run in runs if run.backlog]
    grown = [(backlog.memory_bytes, tasks) for tasks, backlog in found if backlog.memory_bytes is not None]
    memory, tasks = max(grown, default=(None, 0))
    fills = [tasks / backlog.fill_seconds for tasks, backlog in found if backlog.fill_seconds]
    return BacklogPoint(
        transport=label,
        role=found[0][1].role,
        fill=statistics.median(fills) if fills else 0.0,
        memory_bytes=memory,
        bytes_per_task=memory / tasks if tasks and memory is not None and memory >= LEAST_GROWTH else None,
    )
