"""What a sample of tasks has shown, in words: the first sentence of every report on a function."""

from __future__ import annotations

from crossover.derived.task_kind import TaskKind, holds_gil, task_kind
from crossover.report.wording.figures import duration
from crossover.results.comparison import Result
from crossover.results.task import TaskSample

GIL = {True: "holds the GIL", False: "releases the GIL"}


def task_sentence(result: Result) -> str:
    """Return what a task takes, and whether it waits or computes; empty where no sample was measured."""
    task = result.task
    if task is None:
        return ""
    parts = [f"{duration(task.seconds)} per call", _kind(task)]
    holds = holds_gil(task)
    return f"{result.plan.workload}: {', '.join(parts + ([] if holds is None else [GIL[holds]]))}"


def _kind(task: TaskSample) -> str:
    kind = task_kind(task)
    if kind is TaskKind.COMPUTES:
        return str(kind)
    return f"{task.waiting:.0%} waiting ({kind})"
