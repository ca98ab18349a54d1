"""How long work takes: in this thread, and in threads and processes that are started for it."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from multiprocessing.sharedctypes import RawValue
from typing import Any

Task = Callable[[], object]

DEADLINE = 20  # seconds for each wait


def run_all(kind: Callable[..., Any], tasks: Sequence[Task]) -> None:
    """Start a thread or a process for each task, and wait until all have ended."""
    started = [kind(target=task, daemon=True) for task in tasks]
    for one in started:
        one.start()
    for one in started:
        one.join(DEADLINE)


def in_turn(tasks: Sequence[Task]) -> None:
    """Do all tasks in this thread."""
    for task in tasks:
        task()


def note(moment: Any) -> None:
    """Keep what time it is, on the clock that all processes share."""
    moment.value = time.monotonic()


def common_start(parties: int) -> tuple[Any, Any]:
    """Return a barrier, and the moment at which the last one came to it.

    It is noted before any of them goes on: one that waits there, too, may be the last that gets a core again.
    """
    moment = RawValue("d", 0)
    return multiprocessing.Barrier(parties, partial(note, moment)), moment


def fastest(rounds: int, ways: Mapping[str, Task]) -> dict[str, float]:
    """Return label → seconds of the fastest call, as timeit does: a slower one was disturbed by something else."""
    taken = dict.fromkeys(ways, float("inf"))
    for _ in range(rounds):
        for label, way in ways.items():
            began = time.perf_counter()
            way()
            taken[label] = min(taken[label], time.perf_counter() - began)
    return taken


def compute(turns: int) -> int:
    """Compute something that takes time, in Python alone."""
    total = 0
    for turn in range(turns):
        total += turn * turn
    return total


def amount(work: Callable[[int], object], seconds: float, trial: int) -> int:
    """Return how much work takes that long; the time of other processes does not count."""
    taken = []
    for _ in range(3):
        began = time.thread_time()
        work(trial)
        taken.append(time.thread_time() - began)
    return round(trial * seconds / min(taken))


def in_a_pool(kind: Callable[[int], Any], workers: int, tasks: Sequence[int]) -> float:
    """Return how long a pool takes for tasks; its threads or processes have started before."""
    with kind(workers) as pool:
        pool.map_async(compute, [1] * workers).get(DEADLINE)
        work: Task = lambda: pool.map_async(compute, tasks, chunksize=1).get(DEADLINE)  # noqa: E731
        return min(fastest(3, {"pool": work}).values())
