"""How long a task of a workload takes, without a transport: looked at in a process of its own, as a run would be."""

from __future__ import annotations

import itertools
import os
import statistics
from contextlib import suppress
from pathlib import Path

from crossover.contract.system import Clock
from crossover.execution.template.forked_call import call
from crossover.workers.prints import print_to
from workloads.base import Workload
from workloads.user_modules import restore_variables

SECONDS = 0.1  # of tasks, at most, apart from the last one


def task_seconds(workload: Workload, tasks: int, within: float, python: str = "") -> float | None:
    """Return the median time of a task, in seconds; None if it cannot be told in time, or ends its process.

    Args:
        workload: its function is called in a new process, where it prints nothing.
        tasks: of a run.
        within: seconds, the import of its module included.
        python: path of the interpreter that calls it; empty: the one of this process.

    Raises:
        KeyboardInterrupt: Ctrl-C.
    """
    function = f"{time_tasks.__module__}:{time_tasks.__name__}"
    try:
        modules = (time_tasks.__module__,)
        found: float | None = call(function, workload, tasks, within=within, modules=modules, python=python)
    except Exception:  # whatever is wrong with the function or its module, the runs show it, and each says more
        return None
    return found


def time_tasks(workload: Workload, tasks: int) -> float | None:
    """Run tasks for a moment in this process, and return their median time in seconds; None if the function ends it.

    The first task is left out where there are others: it may import or compile something. Not the mean: one disturbance
    of the machine would make short tasks long ones, for which no window is searched.
    """
    with Path(os.devnull).open("wb") as nowhere:
        print_to(nowhere.fileno(), (1, 2))
    restore_variables()
    run, payloads = workload.run, workload.payloads(tasks)
    began, times = Clock.monotonic(), []
    for payload in itertools.islice(itertools.cycle(payloads), tasks):
        start = Clock.monotonic()
        try:
            with suppress(Exception):  # a task that fails takes its time, too
                run(payload)
        except BaseException:
            return None
        end = Clock.monotonic()
        times.append(end - start)
        if end - began > SECONDS:
            break
    return statistics.median(times[1:] or times)
