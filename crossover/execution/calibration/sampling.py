"""Runs some tasks in this process, one after the other, and tells what they took; a task may end the process."""

from __future__ import annotations

import itertools
import signal
import statistics
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from msgspec.structs import replace

from crossover.contract.system import Clock
from crossover.execution.calibration.cpu_time import Spent, peak_memory
from crossover.execution.calibration.silence import print_nothing
from crossover.results.task import TaskSample
from crossover.workers import forks
from workloads.base import Workload

SECONDS = 0.3  # of tasks, at most, apart from the last one
MOST_TASKS = 20_000


class _GivenUpError(BaseException):
    """A task takes longer than it is given; a function that catches every Exception does not keep it."""


def sample_tasks(workload: Workload, tasks: int, within: float) -> TaskSample | None:
    """Run tasks for a moment, and return what they took; None if the function ends its process.

    The first task is left out where there are others: it may import or compile something.

    Args:
        workload: its function prints nothing here.
        tasks: of a run.
        within: seconds for all tasks; the one that takes longer is given up.
    """
    print_nothing()
    run, payloads = workload.run, workload.payloads(tasks)
    memory = peak_memory()
    try:
        found = _run_some(run, itertools.islice(itertools.cycle(payloads), min(tasks, MOST_TASKS)), within)
        if found.cut_off and found.tasks:  # whether the others wait is not seen in the time of one that does not end
            again = _run_some(run, itertools.islice(itertools.cycle(payloads), found.tasks), 2 * SECONDS)
            found = found if again.cut_off else replace(again, cut_off=True)
    except BaseException:
        return None
    found.memory_bytes = max(0, peak_memory() - memory)
    return found


def _run_some(run: Callable[[Any], Any], payloads: Iterator[Any], within: float) -> TaskSample:
    """Run tasks until they have taken a moment, and return what they took."""
    times: list[float] = []
    reasons: Counter[str] = Counter()
    cut_off = False
    began = Spent.now()
    try:
        with _given_up_after(within):
            _run_tasks(run, itertools.islice(payloads, 1), times, reasons)
            after_first = Spent.now()
            _run_tasks(run, payloads, times, reasons)
    except _GivenUpError:
        cut_off = True
    if len(times) > 1:
        began = after_first
    spent = Spent.now().since(began)
    counted = times[1:] or times or [spent.seconds]
    deciles = statistics.quantiles(counted, n=10, method="inclusive") if len(counted) > 1 else counted
    mean = statistics.fmean(counted)
    return TaskSample(
        tasks=len(times[1:] or times),
        seconds=statistics.median(counted),
        mean=mean,
        low=deciles[0],
        high=deciles[-1],
        cpu_seconds=mean * spent.cpu_seconds / spent.seconds if spent.seconds else 0.0,
        waiting=spent.waiting,
        memory_bytes=0,
        failed=reasons.total(),
        reasons=dict(reasons),
        pressure=spent.pressure,
        cut_off=cut_off,
    )


def _run_tasks(run: Callable[[Any], Any], payloads: Iterator[Any], times: list[float], reasons: Counter[str]) -> None:
    """Run tasks until they have taken a moment; add their times, and the types of their exceptions."""
    clock, since = Clock.monotonic, forks.count
    until = clock() + SECONDS
    for payload in payloads:
        start = clock()
        try:
            run(payload)
            if forks.count != since:
                forks.end_child()
        except BaseException as error:
            if forks.count != since:
                forks.end_child(error)
            if not isinstance(error, Exception):
                raise
            # a task that fails takes its time, too
            reasons[type(error).__name__] += 1
        end = clock()
        times.append(end - start)
        if end > until:
            break


@contextmanager
def _given_up_after(seconds: float) -> Iterator[None]:
    """Raise in the block after a number of seconds; code that does not return to Python goes on."""

    def give_up(*_: object) -> None:
        raise _GivenUpError

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
