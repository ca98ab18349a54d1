"""Claims about semaphores."""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from contextlib import nullcontext, suppress
from multiprocessing.sharedctypes import RawArray, RawValue
from pathlib import Path
from threading import BrokenBarrierError
from typing import Any, NamedTuple

from crossover.experiments.claims.claim import Finding, claim, joined, main, running
from crossover.experiments.claims.common.timing import amount, common_start, compute
from crossover.results.claim_verdict import ClaimVerdict

DEADLINE = 10.0  # seconds in which all of this ends, also on a busy machine
LATE = f"its processes did not do their work within {DEADLINE:g} s"


def stay(semaphore: Any, start: Any, lock: Any, inside: Any, largest: Any) -> None:
    """Go in and out five times, and count how many are inside."""
    start.wait(DEADLINE)
    for _ in range(5):
        with semaphore:
            with lock:
                inside.value += 1
                largest.value = max(largest.value, inside.value)
            time.sleep(0.02)
            with lock:
                inside.value -= 1


def most_inside(semaphore: Any, processes: int) -> int | None:
    """Return the largest number of processes inside at once; None if they had not ended in time."""
    lock, inside, largest = multiprocessing.Lock(), RawValue("i", 0), RawValue("i", 0)
    arguments = (semaphore, multiprocessing.Barrier(processes), lock, inside, largest)
    workers = [multiprocessing.Process(target=stay, args=arguments) for _ in range(processes)]
    with running(*workers):
        return int(largest.value) if joined(workers, DEADLINE) else None


@claim("semaphore")
def semaphore() -> Finding:
    """How many processes are inside at once, also if the semaphore is released once too often?"""
    n, processes = 2, 6
    most = most_inside(multiprocessing.Semaphore(n), processes)
    too_often = multiprocessing.Semaphore(n)
    too_often.release()  # nobody holds it
    most_too_often = most_inside(too_often, processes)
    if most is None or most_too_often is None:
        return Finding(ClaimVerdict.COULD_NOT_TELL, {}, LATE)
    bounded = "no error"
    try:
        multiprocessing.BoundedSemaphore(n).release()
    except ValueError:
        bounded = "ValueError"
    facts = {"n": n, "processes": processes, "most": most, "most_too_often": most_too_often, "bounded": bounded}
    return Finding(ClaimVerdict.TRUE if most == n else ClaimVerdict.FALSE, facts)


class Done(NamedTuple):
    """When a task was done by which process, and what that process had used by then."""

    pid: int
    began: float
    ended: float
    cpu: float
    memory: int


def private_memory() -> int:
    """Return the bytes of memory that this process shares with no other."""
    lines = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()
    return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))


def task(_: int = 0) -> Done:
    """Take 10 ms, and tell what this process has used."""
    began = time.monotonic()
    time.sleep(0.01)
    return Done(os.getpid(), began, time.monotonic(), time.process_time(), private_memory())


def guarded_task(semaphore: Any, results: Any) -> None:
    """Do the task when the semaphore lets this process in."""
    with semaphore:
        results.put(task())


def in_all(results: list[Done]) -> dict[str, float]:
    """Return how many processes did tasks, how many at once at most, and what they used together."""
    last = {done.pid: done for done in sorted(results)}
    return {
        "processes": len(last.keys() | {child.pid for child in multiprocessing.active_children()}),
        "at_once": max(sum(one.began <= other.began < one.ended for one in results) for other in results),
        "cpu": sum(done.cpu for done in last.values()),
        "memory": sum(done.memory for done in last.values()),
    }


@claim("semaphore-vs-pool")
def semaphore_vs_pool() -> Finding:
    """Count the processes for 40 tasks, and what they use: each behind a semaphore, and in a pool."""
    tasks, n = 40, 4
    results: Any = multiprocessing.SimpleQueue()
    semaphore = multiprocessing.Semaphore(0)  # nobody goes in before all are there
    processes = [multiprocessing.Process(target=guarded_task, args=(semaphore, results)) for _ in range(tasks)]
    began = time.process_time()
    with running(*processes):
        alive = len(multiprocessing.active_children())
        for _ in range(n):
            semaphore.release()
        if not joined(processes, DEADLINE):
            return Finding(ClaimVerdict.COULD_NOT_TELL, {}, LATE)
    between = time.process_time()
    behind = in_all([results.get() for _ in range(tasks)])
    with multiprocessing.Pool(n) as pool:
        pooled = in_all(pool.map_async(task, range(tasks), chunksize=1).get(DEADLINE))
    behind["cpu"] += between - began
    pooled["cpu"] += time.process_time() - between
    facts = {"tasks": tasks, "n": n, "alive": alive, **behind, **{f"pool_{name}": pooled[name] for name in pooled}}
    as_said = behind["processes"] == tasks and behind["at_once"] <= n and pooled["processes"] == n
    return Finding(ClaimVerdict.TRUE if as_said else ClaimVerdict.FALSE, facts)


IO, CPU = 0.04, 0.015  # seconds that a task waits, and computes
PIECE = 2_000  # turns of computing between two looks at who had the core last


def mixed_tasks(me: int, tasks: int, pieces: int, semaphore: Any, core: int, start: Any, last: Any, seen: Any) -> None:
    """Do tasks that wait and then compute; count how often this process got the core after another of them."""
    os.sched_setaffinity(0, {core})
    start.wait(DEADLINE)
    for _ in range(tasks):
        time.sleep(IO)
        with semaphore:
            for _ in range(pieces):
                compute(PIECE)
                if last.value != me:
                    last.value = me
                    seen[2 * me] += 1
    seen[2 * me + 1] = time.monotonic()


def do_mixed(processes: int, tasks: int, pieces: int, semaphore: Any) -> tuple[float, float, float] | None:
    """Do tasks on one core; return when the last ended, when on average, and the switches; None if they are late."""
    core = min(os.sched_getaffinity(0))
    start, began = common_start(processes + 1)
    last, seen = RawValue("i", -1), RawArray("d", 2 * processes)
    common = (tasks // processes, pieces, semaphore, core, start, last, seen)
    fork = multiprocessing.get_context("fork")  # the quickest start: it is not what is measured
    workers = [fork.Process(target=mixed_tasks, args=(me, *common)) for me in range(processes)]
    with running(*workers), suppress(BrokenBarrierError):
        start.wait(DEADLINE)
        if joined(workers, DEADLINE):
            ends, switches = [end - began.value for end in seen[1::2]], seen[::2]
            return max(ends), sum(ends) / processes, sum(switches)
    return None


@claim("semaphore-mixed", shows=("common.timing:amount compute",))
def semaphore_mixed() -> Finding:
    """Does a semaphore around the CPU part save switching and time? On one core, where every switch can be seen."""
    tasks, rounds, pieces = 8, 3, amount(compute, CPU, 20_000) // PIECE
    cases = {
        "1 process": (1, nullcontext()),
        f"{tasks} processes": (tasks, nullcontext()),
        f"{tasks} with a Semaphore": (tasks, multiprocessing.Semaphore(1)),
    }
    runs: dict[str, list[tuple[float, float, float]]] = {case: [] for case in cases}
    for _ in range(rounds):
        for case, (processes, semaphore) in cases.items():
            run = do_mixed(processes, tasks, pieces, semaphore)
            if run is None:
                return Finding(ClaimVerdict.COULD_NOT_TELL, {}, LATE)
            runs[case].append(run)
    # other programs may slow a run down: the fastest is the least disturbed
    times, ends, switches = ([min(run[kind] for run in runs[case]) for case in cases] for kind in range(3))
    facts: dict[str, Any] = {"bars": dict(zip(cases, times, strict=True)), "unit": "s", "tasks": tasks}
    facts |= {"io": IO, "cpu": CPU, "one": times[0], "many": times[1], "guarded": times[2]}
    facts |= {"end_many": ends[1], "end_guarded": ends[2], "switches_many": switches[1], "switches": switches[2]}
    each_round = [[run[0] for run in one_round] for one_round in zip(*runs.values(), strict=True)]
    overlaps = any(many < one for one, many, _ in each_round)
    of_many, of_guarded = list(runs.values())[1:]
    saves = all(guarded[2] <= 0.75 * many[2] for many, guarded in zip(of_many, of_guarded, strict=True))
    if not overlaps or not saves:
        return Finding(ClaimVerdict.FALSE, facts)
    quicker = all(guarded < many * 2 / 3 for _, many, guarded in each_round)
    return Finding(ClaimVerdict.TRUE if quicker else ClaimVerdict.BUT, facts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
