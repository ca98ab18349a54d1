"""What kind of task a sample shows: whether it waits or computes, and whether it holds the GIL."""

from __future__ import annotations

from enum import StrEnum

from crossover.results.task import TaskSample

MOSTLY_WAITS, MOSTLY_COMPUTES = 0.7, 0.3  # part of its time that it waits
RELEASES, HOLDS = 1.4, 1.2  # times as many tasks/s as one thread, of two threads that compute


class TaskKind(StrEnum):
    """What a task does for most of its time."""

    WAITS = "I/O-bound"
    COMPUTES = "CPU-bound"
    MIXED = "mixed"


def task_kind(task: TaskSample) -> TaskKind:
    """Return what a task does for most of its time."""
    if task.waiting >= MOSTLY_WAITS:
        return TaskKind.WAITS
    return TaskKind.COMPUTES if task.waiting <= MOSTLY_COMPUTES else TaskKind.MIXED


def holds_gil(task: TaskSample) -> bool | None:
    """Return whether a task keeps other threads from running; None: that cannot be told."""
    if task.two_threads is None or RELEASES > task.two_threads > HOLDS:
        return None
    return task.two_threads <= HOLDS
