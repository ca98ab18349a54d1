"""Claims about threads."""

from __future__ import annotations

import hashlib
import multiprocessing
import multiprocessing.pool
import os
import subprocess
import sys
import threading
import time
from contextlib import AbstractContextManager, nullcontext
from functools import partial

from crossover.experiments.claims.claim import Finding, claim, main
from crossover.experiments.claims.common.timing import (
    DEADLINE,
    Task,
    amount,
    compute,
    fastest,
    in_a_pool,
    in_turn,
    run_all,
)
from crossover.results.claim_verdict import ClaimVerdict

PROGRAM = """
import threading, time

def work():
    threading.main_thread().join()  # until the main thread has done its last line
    time.sleep({seconds})
    print("finished")

for _ in range(3):
    threading.Thread(target=work, daemon={daemon}).start()
"""

number = 100


@claim("thread-same-process", shows=("common.timing:run_all",))
def thread_same_process() -> Finding:
    """Which process is each thread in?"""
    seen = []
    together = threading.Barrier(4, timeout=DEADLINE)  # none ends before all have begun: an id may be given again

    def look() -> None:
        seen.append((os.getpid(), threading.get_native_id()))
        together.wait()

    run_all(threading.Thread, [look] * 4)
    pids, ids = ({one[part] for one in seen} for part in (0, 1))
    facts = {"threads": len(seen), "pids": len(pids), "ids": len(ids)}
    return Finding(ClaimVerdict.TRUE if pids == {os.getpid()} else ClaimVerdict.FALSE, facts)


def take_one() -> None:
    """Take one from the global number."""
    global number  # noqa: PLW0603 - it is what the claim is about
    number -= 1


def take_slowly(together: threading.Barrier, guard: AbstractContextManager[object]) -> None:
    """Take one from the global number, again and again; between the read and the write others have their turn."""
    global number  # noqa: PLW0603
    together.wait()
    for _ in range(50):
        with guard:
            before = number
            time.sleep(0.001)
            number = before - 1


@claim("thread-shares-globals", shows=("common.timing:run_all",))
def thread_shares_globals() -> Finding:
    """Is a change seen by all threads, and is none lost?"""
    global number  # noqa: PLW0603
    number = 100
    run_all(threading.Thread, [take_one])
    facts = {"after": number, "updates": 300, "lost": 0, "lost_with_lock": 0}
    for _ in range(3):
        for lost, guard in (("lost", nullcontext()), ("lost_with_lock", threading.Lock())):
            number = 100
            together = threading.Barrier(2, timeout=DEADLINE)
            run_all(threading.Thread, [partial(take_slowly, together, guard)] * 2)
            facts[lost] += number
    if facts["after"] != 99:
        return Finding(ClaimVerdict.FALSE, facts)
    if facts["lost_with_lock"]:
        return Finding(ClaimVerdict.MISLEADING, facts)
    return Finding(ClaimVerdict.BUT if facts["lost"] else ClaimVerdict.TRUE, facts)


@claim("thread-main-waits")
def thread_main_waits() -> Finding:
    """Do threads finish their work when the main thread is done first?"""
    facts = {"threads": 3}
    for daemon, seconds in ((False, 0.1), (True, 5)):  # 5: time enough for a process to end, also on a busy machine
        command = [sys.executable, "-c", PROGRAM.format(daemon=daemon, seconds=seconds)]
        ended = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=DEADLINE, check=True)
        facts["daemons_finished" if daemon else "finished"] = ended.stdout.count("finished")
    if facts["finished"] < 3:
        return Finding(ClaimVerdict.FALSE, facts)
    return Finding(ClaimVerdict.MISLEADING if facts["daemons_finished"] < 3 else ClaimVerdict.TRUE, facts)


@claim("thread-scheduled-unit", cores=2, shows=("common.timing:fastest run_all",))
def thread_scheduled_unit() -> Finding:
    """Does the operating system schedule each thread by itself, and what does it cost to start one?"""
    allowed = os.sched_getaffinity(0)
    bound: list[set[int]] = []

    def stay_on(core: int) -> None:
        os.sched_setaffinity(0, {core})  # 0: the thread that calls
        bound.append(os.sched_getaffinity(0))

    run_all(threading.Thread, [partial(stay_on, core) for core in sorted(allowed)[:2]])
    scheduled = os.sched_getaffinity(0) == allowed and bound[0] != bound[1]
    fork, spawn = multiprocessing.get_context("fork").Process, multiprocessing.get_context("spawn").Process
    start = fastest(25, {"thread": partial(run_all, threading.Thread, [int]), "fork": partial(run_all, fork, [int])})
    start |= fastest(3, {"spawn": partial(run_all, spawn, [int])})
    facts = {"cores": [sorted(cores) for cores in bound], "main": sorted(os.sched_getaffinity(0)), "start": start}
    facts |= {"fork_ratio": start["fork"] / start["thread"], "spawn_ratio": start["spawn"] / start["thread"]}
    if not scheduled:
        return Finding(ClaimVerdict.FALSE, facts)
    return Finding(ClaimVerdict.TRUE if start["fork"] > 2 * start["thread"] else ClaimVerdict.BUT, facts)


@claim("thread-faster-for-compute", cores=2, shows=("common.timing:amount compute fastest in_a_pool in_turn run_all",))
def thread_faster_for_compute() -> Finding:
    """Which is faster, for tasks that are over at once, and for tasks that take time?"""
    fork = multiprocessing.get_context("fork")
    powers = [partial(pow, num, num) for num in range(50)]
    as_taught: dict[str, Task] = {
        "serial": partial(in_turn, powers),
        "threads": partial(run_all, threading.Thread, powers),
        "processes": partial(run_all, fork.Process, powers),
    }
    small = fastest(3, as_taught)
    tasks = [amount(compute, 0.01, 20_000)] * 16
    sizes = [size for size in (1, 2, 4, 8) if size <= len(os.sched_getaffinity(0))]
    workers = sizes[-1]
    large = fastest(3, {"serial": partial(in_turn, [partial(compute, turns) for turns in tasks])})
    large["threads"] = in_a_pool(multiprocessing.pool.ThreadPool, workers, tasks)
    by_size = {size: in_a_pool(fork.Pool, size, tasks) for size in sizes}
    large |= {"alone": by_size[1], "processes": by_size[workers]}
    bars = {f"50 × num**num, {who}": seconds for who, seconds in small.items()}
    bars |= {"16 × 10 ms, serial": large["serial"], f"16 × 10 ms, {workers} threads": large["threads"]}
    bars |= {f"16 × 10 ms, {n} process{'' if n == 1 else 'es'}": seconds for n, seconds in by_size.items()}
    facts = {"workers": workers, "small": small, "large": large, "bars": bars, "unit": "s"}
    by_orders = large["processes"] >= 10 * large["threads"]  # of magnitude: what is said, and not just faster
    return Finding(ClaimVerdict.TRUE if by_orders else ClaimVerdict.FALSE, facts)


def overlap(task: Task) -> bool:
    """Return whether a second thread begins a task before the first has ended it."""
    spans = []
    together = threading.Barrier(2, timeout=DEADLINE)

    def work() -> None:
        together.wait()
        began = time.perf_counter()
        task()
        spans.append((began, time.perf_counter()))

    run_all(threading.Thread, [work] * 2)
    first, second = sorted(spans)
    return second[0] < first[1]


@claim("gil", cores=2, shows=("common.timing:amount compute fastest in_turn run_all",))
def gil() -> Finding:
    """Do two threads work at the same time, and how much faster than one, at three kinds of tasks?"""
    data = bytes(amount(lambda size: hashlib.sha256(bytes(size)), 0.02, 4_000_000))
    tasks: dict[str, Task] = {
        "python": partial(compute, amount(compute, 0.02, 20_000)),
        "sleep": partial(time.sleep, 0.02),
        "hashlib": partial(hashlib.sha256, data),
    }
    one = {f"{label} 1": partial(in_turn, [task] * 2) for label, task in tasks.items()}
    two = {f"{label} 2": partial(run_all, threading.Thread, [task] * 2) for label, task in tasks.items()}
    taken = fastest(7, one | two)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(DEADLINE)  # else a thread that computes hands the lock over after 5 ms, half done
    try:
        together = {label: sum(overlap(task) for _ in range(5)) for label, task in tasks.items()}
    finally:
        sys.setswitchinterval(interval)
    speedup = {label: taken[f"{label} 1"] / taken[f"{label} 2"] for label in tasks}
    curves = {label: {count: 2 / taken[f"{label} {count}"] for count in ("1", "2")} for label in tasks}
    facts = {"pairs": 5, "together": together, "speedup": speedup, "curves": curves, "unit": "tasks/s"}
    return Finding(ClaimVerdict.FALSE if together["python"] else ClaimVerdict.TRUE, facts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
