"""Claims about pools of processes."""

from __future__ import annotations

import multiprocessing
import os
import signal
import statistics
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from crossover.experiments.claims.claim import Finding, claim, main
from crossover.results.claim_verdict import ClaimVerdict

TASK = 0.1  # seconds that a task takes
SLOW_CALLBACK = 0.2  # seconds
REPETITIONS = 3
LONG_ENOUGH = 10  # times a task's length, after which nobody would wait for its result any longer
DEADLINE = 10.0  # seconds
OTHERS = range(5)  # numbers of tasks after the one whose worker is killed


def square(number: int) -> int:
    """Return the square of a number."""
    return number * number


def slow_square(number: int) -> int:
    """Return the square of a number, after a while."""
    time.sleep(TASK)
    return number * number


def finish() -> float:
    """Return when this task was done."""
    return time.monotonic()


def die(number: int) -> int:
    """Kill the worker in the middle of this task."""
    time.sleep(TASK)
    os.kill(os.getpid(), signal.SIGKILL)
    return number


@claim("pool-apply")
def pool_apply() -> Finding:
    """How long do `apply`, `apply_async` and `get` take for a task of a known length?"""
    apply, apply_async, get = [], [], []
    with multiprocessing.Pool(1) as pool:
        pool.apply(square, (0,))  # the worker has started
        for _ in range(REPETITIONS):
            began = time.monotonic()
            value = pool.apply(slow_square, (3,))
            apply.append(time.monotonic() - began)
            began = time.monotonic()
            result = pool.apply_async(slow_square, (4,))
            apply_async.append(time.monotonic() - began)
            fetched = result.get(timeout=DEADLINE)
            get.append(time.monotonic() - began)
    times = {
        "apply": statistics.median(apply),
        "apply_async": statistics.median(apply_async),
        "get": statistics.median(get),
    }
    facts = {"task": TASK, **times, "value": value, "fetched": fetched}
    waits = times["apply"] >= TASK and times["get"] >= TASK
    returns_before = times["apply_async"] < TASK
    right = (value, fetched) == (9, 16)
    return Finding(ClaimVerdict.TRUE if waits and returns_before and right else ClaimVerdict.FALSE, facts)


@claim("pool-map")
def pool_map() -> Finding:
    """Does `map` return values, and does it close the pool?"""
    numbers = [3, 1, 2]
    with multiprocessing.Pool(2) as pool:
        values = pool.map(square, numbers)
        try:
            later: int | str = pool.apply(square, (5,))
        except ValueError as error:  # the pool is closed
            later = f"{error}"
    facts = {"numbers": numbers, "values": values, "later": later}
    gives_values, stays_open = values == [9, 1, 4], later == 25
    if gives_values and stays_open:
        return Finding(ClaimVerdict.FALSE, facts)
    return Finding(ClaimVerdict.BUT if gives_values or stays_open else ClaimVerdict.TRUE, facts)


@claim("pool-callback")
def pool_callback() -> Finding:
    """Where does a callback run, and what does a slow one hold up?"""
    pids, threads, held_up = [], [], []

    def callback(_: float) -> None:
        pids.append(os.getpid())
        threads.append(threading.current_thread().name)
        time.sleep(SLOW_CALLBACK)

    with multiprocessing.Pool(1) as pool:
        for _ in range(REPETITIONS):
            pool.apply_async(finish, callback=callback)
            later = pool.apply_async(finish)  # this one has no callback
            done = later.get(timeout=DEADLINE)
            held_up.append(time.monotonic() - done)
    late = statistics.median(held_up)
    facts = {
        "pid": str(os.getpid()),
        "callback_pid": ", ".join(map(str, sorted(set(pids)))),
        "thread": threading.current_thread().name,
        "callback_thread": ", ".join(sorted(set(threads))),
        "callback": SLOW_CALLBACK,
        "late": late,
    }
    if set(pids) != {os.getpid()}:
        return Finding(ClaimVerdict.FALSE, facts)
    elsewhere = threading.current_thread().name not in threads
    return Finding(ClaimVerdict.BUT if elsewhere or late > SLOW_CALLBACK / 2 else ClaimVerdict.TRUE, facts)


@claim("pool-worker-death")
def pool_worker_death() -> Finding:
    """What does one see of a task whose worker is killed: in a Pool, and in a ProcessPoolExecutor?"""
    waited = LONG_ENOUGH * TASK
    with multiprocessing.Pool(1) as pool:
        result = pool.apply_async(die, (1,))
        result.wait(waited)
        later = pool.map_async(square, OTHERS)
        later.wait(DEADLINE)
        came, goes_on = result.ready(), later.ready()
    with ProcessPoolExecutor(1) as executor:
        try:
            ending = f"{executor.submit(die, 1).result(timeout=DEADLINE)}"
        except (BrokenProcessPool, TimeoutError) as error:
            ending = type(error).__name__
    facts = {
        "task": TASK,
        "waited": waited,
        "results": int(came),
        "others": len(OTHERS),
        "done": len(OTHERS) if goes_on else 0,
        "executor": ending,
    }
    if came:
        return Finding(ClaimVerdict.TRUE, facts)
    return Finding(ClaimVerdict.MISLEADING if goes_on else ClaimVerdict.FALSE, facts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
