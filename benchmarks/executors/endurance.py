"""Many futures, and many workers that die: nothing is lost, and memory stays flat."""

from __future__ import annotations

import time
from collections import deque
from concurrent.futures import Future
from typing import Any

import psutil
from calls import kill_every_200th, noop

import crossover
from crossover.jobs.errors import WorkerDiedError
from crossover.jobs.executor import EXECUTORS

WINDOW = 1_000
GROWTH = 4  # bytes a future: an allocator is never quite still
OURS = "crossover.jobs.local.process_executor:"


def with_workers() -> list[str]:
    """Return the transports whose workers are processes that we start."""
    return [name for name, entry in EXECUTORS.items() if entry.startswith(OURS)]


def kills(count: int) -> int:
    """Submit calls of which one in 200 kills its worker; 1 where anything else than those fails."""
    bad = False
    for name in with_workers():
        began = time.perf_counter()
        with crossover.Executor(name, 2) as executor:
            futures = [executor.submit(kill_every_200th, number) for number in range(count)]
            errors = [future.exception() for future in futures]
        results = [
            number for number, error in enumerate(errors) if error is None and futures[number].result() == number
        ]
        died = [error for error in errors if isinstance(error, WorkerDiedError) and "SIGKILL" in str(error)]
        right = (len(results), len(died)) == (count - count // 200, count // 200)
        bad = bad or not right
        print(
            f"{name:12} {len(results):,} results, {len(died)} failures that say so, "
            f"{time.perf_counter() - began:.1f} s" + ("" if right else "  WRONG"),
            flush=True,
        )
    return int(bad)


def memory(count: int) -> int:
    """Submit many futures, WINDOW at a time, and look at the memory of this process after a tenth and at the end."""
    process, seen = psutil.Process(), 0
    with crossover.Executor("pool", 2) as executor:
        waiting: deque[Future[Any]] = deque()
        began = time.perf_counter()
        for number in range(count):
            if len(waiting) == WINDOW:
                waiting.popleft().result()
            waiting.append(executor.submit(noop, number))
            if number == count // 10:
                seen = process.memory_info().rss
        while waiting:
            waiting.popleft().result()
        took = time.perf_counter() - began
    grown = (process.memory_info().rss - seen) / count
    print(
        f"{count:,} futures, {WINDOW:,} at a time, {count / took:,.0f}/s: {seen / 2**20:.1f} MiB after a tenth, "
        f"{grown:.2f} bytes a future more at the end" + ("" if grown < GROWTH else "  GROWS")
    )
    return int(grown >= GROWTH)
