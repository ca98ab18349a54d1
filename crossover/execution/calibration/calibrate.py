"""Learns what a task of a workload takes, in a process of its own, as a run would have."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

from crossover.execution.calibration.sampling import sample_tasks
from crossover.execution.calibration.two_threads import time_two_threads
from crossover.execution.template.forked_call import call
from crossover.results.task import TaskSample
from workloads.base import Workload

PART_FOR_TASKS = 0.6  # of the time for everything: the process starts and imports, too
TASKS_WITHIN = 5.0  # seconds for all tasks of the sample
PROCESS_WITHIN = 10.0  # seconds for its process: the import of its module, two threads and code that is not given up


def calibrate(workload: Workload, tasks: int, python: str = "", within: float = math.inf) -> TaskSample | None:
    """Return what a task takes; None if it cannot be told, or ends its process.

    Two threads call it in a process of their own: a function that no two threads may call at once can end that one.

    Args:
        workload: its function is called in a new process, where it prints nothing.
        tasks: of a run.
        python: path of the interpreter that calls it; empty: the one of this process.
        within: seconds for everything; less than a short time tells nothing.

    Raises:
        KeyboardInterrupt: Ctrl-C.
    """
    until = time.monotonic() + within
    tasks_within = min(TASKS_WITHIN, PART_FOR_TASKS * within)
    found: TaskSample | None = _in_its_process(sample_tasks, workload, tasks, tasks_within, python=python, until=until)
    if found is not None and not found.cut_off:
        found.two_threads = _in_its_process(
            time_two_threads, workload, tasks, found.seconds, python=python, until=until
        )
    return found


def _in_its_process(function: Callable[..., Any], *arguments: object, python: str, until: float) -> Any:
    """Return what a function of this package returns in a new process; None if that ends, takes too long, or fails."""
    name, modules = f"{function.__module__}:{function.__name__}", (function.__module__,)
    try:
        within = min(PROCESS_WITHIN, until - time.monotonic())
        return call(name, *arguments, within=within, modules=modules, python=python)
    except Exception:  # whatever is wrong with the function or its module, the runs show it, and each says more
        return None
