"""What kind of task a sample shows: whether it waits or computes, and whether it holds the GIL."""

from __future__ import annotations

from enum import StrEnum

from crossover.results.task import TaskSample

MOSTLY_WAITS, MOSTLY_COMPUTES = 0.7, 0.3  # part of its time that it waits
RELEASES, HOLDS = 1.4, 1.2  # times as many tasks/s as one thread, of two threads that compute
DISTURBED = 0.2  # part of its time in which something waited for a core, though one task at a time leaves some free
ONE_CORE = 1.1  # cores that a task without threads or programs of its own keeps busy, at most
OTHERS_RAN = "other processes were using the machine"  # of a run: CPU time tells it, not pressure


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
    if task.two_threads <= HOLDS and is_disturbed(task):  # the second thread may have had no core
        return None
    return task.two_threads <= HOLDS


def is_disturbed(task: TaskSample) -> bool:
    """Return whether something else kept the cores busy; not, where its own threads may have waited for them."""
    by_itself = task.cpu_seconds > ONE_CORE * task.mean
    return task.pressure is not None and task.pressure > DISTURBED and not by_itself
