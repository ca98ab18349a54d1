"""Claims about speed of pools."""

from __future__ import annotations

import multiprocessing
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress
from multiprocessing.pool import ThreadPool
from pathlib import Path
from typing import Any, NamedTuple

from crossover.experiments.claims.claim import Finding, claim, main
from crossover.results.claim_verdict import ClaimVerdict

REPETITIONS = 5  # in turns: whatever disturbs one disturbs all
TASKS = 3  # for each worker
STEPS = 50_000  # of a computation that takes a few milliseconds
LONG = 4 * STEPS
WAIT = 0.02  # seconds
UNDISTURBED = 5.0  # seconds
ENOUGH = 0.9  # of the highest speed
CLEARLY = 1.5  # times as fast: more than noise
MORE = 1.2  # times as many tasks at a time: more than noise
MOST_CORES = 8  # that are used: with each of many, dozens of processes would have to be started
MOST_WORKERS = 4  # that are compared with as many threads


class Span(NamedTuple):
    """When a task began and ended, and for how many seconds it was at work or would have been, had a core been free."""

    began: float
    ended: float
    at_work: float


def compute(steps: int) -> Span:
    """Compute something, in Python: this needs a core."""
    began, before = time.monotonic(), time.thread_time() + waited_for_a_core()
    sum(number * number for number in range(steps))
    return Span(began, time.monotonic(), time.thread_time() + waited_for_a_core() - before)


def wait(_: int) -> Span:
    """Wait, as for an answer from the network: this needs no core."""
    began = time.monotonic()
    time.sleep(WAIT)
    ended = time.monotonic()
    return Span(began, ended, ended - began)


KINDS = {"computing": compute, "waiting": wait}


def waited_for_a_core() -> float:
    """Return for how many seconds this thread has waited because others had the cores; 0 where Linux does not tell."""
    with suppress(OSError):
        return int(Path("/proc/thread-self/schedstat").read_text(encoding="ascii").split()[1]) / 1e9
    return 0.0


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0))


def elapsed(spans: list[Span]) -> float:
    """Return how long it took until all tasks were done."""
    return max(span.ended for span in spans) - min(span.began for span in spans)


def speed(spans: list[Span]) -> float:
    """Return how many tasks were done in a second."""
    return len(spans) / elapsed(spans)


def at_a_time(spans: list[Span]) -> float:
    """Return how many tasks were at work at a time, on average: whatever else the machine does."""
    return sum(span.at_work for span in spans) / elapsed(spans)


@claim("pool-size", cores=2)
def pool_size() -> Finding:
    """How many tasks does a pool do in a second: with how many workers, and with which kind of tasks?"""
    allowed = os.sched_getaffinity(0)
    with ExitStack() as stack:
        stack.callback(os.sched_setaffinity, 0, allowed)  # in the end
        os.sched_setaffinity(0, sorted(allowed)[:MOST_CORES])  # the workers inherit it
        rule = cores() + 1
        sizes = sorted({1, 2, cores(), rule, 2 * cores(), 4 * cores()})
        seen: dict[str, dict[int, list[float]]] = {kind: {size: [] for size in sizes} for kind in KINDS}
        pools = {size: stack.enter_context(multiprocessing.Pool(size)) for size in sizes}
        for size, pool in pools.items():
            pool.map(wait, range(size))  # all of its workers have started
        for _ in range(REPETITIONS):
            for size, pool in pools.items():
                for kind, task in KINDS.items():
                    seen[kind][size].append(speed(pool.map(task, [STEPS] * TASKS * size)))
    speeds = {kind: {size: max(seen[kind][size]) for size in sizes} for kind in KINDS}  # the least disturbed
    best = {kind: max(speeds[kind].values()) for kind in KINDS}
    enough = {kind: next(size for size in sizes if speeds[kind][size] > ENOUGH * best[kind]) for kind in KINDS}
    facts = {
        "cores": rule - 1,
        "rule": rule,
        "within": 1 - ENOUGH,
        **enough,
        "curves": {kind: {str(size): speed for size, speed in speeds[kind].items()} for kind in KINDS},
        "unit": "tasks/s",
    }
    behind = any(best[kind] > CLEARLY * speeds[kind][rule] for kind in KINDS)
    return Finding(ClaimVerdict.MISLEADING if behind else ClaimVerdict.TRUE, facts)


@claim("pool-cpu-heavy", cores=2)
def pool_cpu_heavy() -> Finding:
    """What does a pool of processes bring, and a pool of threads: for tasks that compute, and for tasks that wait?"""
    workers = min(cores(), MOST_WORKERS)
    seen: dict[str, dict[str, list[list[Span]]]] = {kind: {} for kind in KINDS}
    switching = sys.getswitchinterval()
    sys.setswitchinterval(UNDISTURBED)  # threads change places between tasks only, which takes as long altogether
    try:
        with multiprocessing.Pool(workers) as pool, ThreadPool(workers) as threads:
            pool.map(wait, range(workers))  # all of its workers have started
            ways: dict[str, Callable[..., Iterable[Span]]] = {"one": map, "pool": pool.map, "threads": threads.map}
            for _ in range(REPETITIONS):
                for kind, task in KINDS.items():
                    for way, run in ways.items():
                        seen[kind].setdefault(way, []).append(list(run(task, [LONG] * 2 * workers)))
    finally:
        sys.setswitchinterval(switching)
    facts: dict[str, Any] = {"workers": workers, "cores": cores()}
    for kind in KINDS:
        speeds = {way: max(map(speed, seen[kind][way])) for way in ways}  # the least disturbed
        for way in ("pool", "threads"):
            facts[f"{kind}_{way}"] = statistics.median(map(at_a_time, seen[kind][way]))
            facts[f"{kind}_{way}_speedup"] = speeds[way] / speeds["one"]
    if facts["computing_pool"] < MORE * facts["computing_threads"]:
        return Finding(ClaimVerdict.MISLEADING, facts)
    also_for_waiting = facts["waiting_pool"] > MORE * facts["waiting_threads"]
    return Finding(ClaimVerdict.BUT if also_for_waiting else ClaimVerdict.TRUE, facts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
