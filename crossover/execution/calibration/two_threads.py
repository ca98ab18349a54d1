"""Whether two threads do more than one: they do not where a task computes and holds the GIL."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from crossover.execution.calibration.silence import print_nothing
from crossover.workers.forks import only_here
from workloads.base import Workload

PAIRS = 3  # of one thread and two, in turn: the machine may be disturbed for a moment
SECONDS = 0.03  # of tasks for one thread, in each pair
CALL = 1e-6  # seconds that a call takes here besides its task: of tasks that do nothing, there would be far too many


def time_two_threads(workload: Workload, tasks: int, seconds: float) -> float | None:
    """Return tasks/s of two threads over those of one, the median of some pairs; None if no time can be told.

    Args:
        workload: its function prints nothing here.
        tasks: of a run.
        seconds: that a task takes.
    """
    print_nothing()
    run, payloads = only_here(workload.run), workload.payloads(tasks)
    count = max(1, round(SECONDS / (seconds + CALL)))
    ratios = []
    for _ in range(PAIRS):
        one, two = (_seconds_of(threads, run, payloads, count) for threads in (1, 2))
        if one and two:
            ratios.append(2 * one / two)
    return statistics.median(ratios) if ratios else None


def _seconds_of(threads: int, run: Callable[[Any], Any], payloads: Sequence[Any], count: int) -> float:
    """Return how long some threads take that do as many tasks each."""
    began: list[float] = []
    ready = threading.Barrier(threads + 1, lambda: began.append(time.monotonic()))  # before any of them goes on

    def work(first: int) -> None:
        ready.wait()
        for number in range(first, first + count):
            with suppress(Exception):  # a task that fails takes its time, too
                run(payloads[number % len(payloads)])

    members = [threading.Thread(target=work, args=(member * count,), daemon=True) for member in range(threads)]
    for member in members:
        member.start()
    ready.wait()
    for member in members:
        member.join()
    return time.monotonic() - began[0]
