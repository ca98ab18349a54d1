"""What a sample of tasks has shown, in words: the first sentence of every report on a function."""

from __future__ import annotations

from crossover.derived.task_kind import TaskKind, holds_gil, task_kind
from crossover.report.wording.figures import duration
from crossover.results.comparison import Result
from crossover.results.task import TaskSample

ONE_CORE = "and only one core may be used: no number of workers computes it faster"
UNEVEN = 1.5  # times the median: then a few long tasks take most of the time
GIL = {True: "holds the GIL", False: "releases the GIL"}


def task_sentence(result: Result) -> str:
    """Return what a task takes, and whether it waits or computes; empty where no sample was measured."""
    task = result.task
    if task is None:
        return ""
    if task.cut_off and not task.tasks:
        return f"{result.plan.workload}: the first call took longer than {duration(task.seconds)} and was given up"
    holds = holds_gil(task)
    mean = f" ({duration(task.mean)} on average)" if task.mean > UNEVEN * task.seconds else ""
    parts = [f"{duration(task.seconds)} per call{mean}", _kind(task), *([] if holds is None else [GIL[holds]])]
    if task.cut_off:
        parts.append("one call took so long that it was given up")
    if task.failed:
        kinds = ", ".join(task.reasons)
        parts.append(f"{task.failed:,} of the {max(task.tasks, task.failed):,} calls of the sample failed ({kinds})")
    if result.host.capacity <= 1 and task_kind(task) is TaskKind.COMPUTES:
        parts.append(ONE_CORE)
    return f"{result.plan.workload}: {', '.join(parts)}"


def _kind(task: TaskSample) -> str:
    kind = task_kind(task)
    if kind is TaskKind.COMPUTES:
        return str(kind)
    return f"{task.waiting:.0%} waiting ({kind})"
