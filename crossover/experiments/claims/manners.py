"""Claims about the states of a process, and about the manners of a call."""

from __future__ import annotations

import multiprocessing
import os
import queue
import signal
import statistics
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.pool import Pool
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from crossover.experiments.claims.claim import Finding, claim, main, running
from crossover.results.claim_verdict import ClaimVerdict

DEADLINE = 10.0  # seconds; nothing here takes so long
BUSY = 3
LOOKS = 25
PAUSE = 0.02  # seconds between two looks
ALWAYS = 0.9  # of the looks: a process that computes may have to wait for a page of memory
ONE_CORE = 1.2  # CPU time is told in hundredths of a second, which were not spent between exactly these looks
CALL = 0.1  # seconds that the call takes which is made in four manners
REPEATS = 3
SOME = 10  # times; who is free does thousands of things in that time


def compute() -> None:
    """Compute without a pause."""
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        pass


def wait_for_word(connection: Connection) -> None:
    """Wait for what does not come."""
    connection.poll(DEADLINE)


def stat(process: BaseProcess) -> list[str]:
    """Return what Linux tells of a process, from its state on: a letter, as in the column STAT of ps."""
    return Path(f"/proc/{process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()


def state(process: BaseProcess, *expected: str) -> str:
    """Return the state of a process; wait until it is one of those that are expected."""
    deadline = time.monotonic() + DEADLINE
    while stat(process)[0] not in expected and time.monotonic() < deadline:
        time.sleep(PAUSE)
    return stat(process)[0]


def cpu_time(process: BaseProcess) -> float:
    """Return for how many seconds a process has run."""
    return sum(map(int, stat(process)[11:13])) / os.sysconf("SC_CLK_TCK")


def watch(processes: list[BaseProcess]) -> tuple[list[int], list[float]]:
    """Look at processes for a while: how often was each running or ready to, and what part of the time did it run?"""
    began, before = time.monotonic(), [cpu_time(process) for process in processes]
    runnable = [0 for _ in processes]
    for _ in range(LOOKS):
        time.sleep(PAUSE)
        runnable = [times + (stat(one)[0] == "R") for times, one in zip(runnable, processes, strict=True)]
    ran = [cpu_time(process) - was for process, was in zip(processes, before, strict=True)]
    return runnable, [seconds / (time.monotonic() - began) for seconds in ran]


@claim("process-states")
def process_states() -> Finding:
    """Which states have three processes that compute on one core, and one that waits?"""
    fork = multiprocessing.get_context("fork")  # so that this process is the parent, and sees what has ended
    _, there = fork.Pipe()
    busy: list[Any] = [fork.Process(target=compute) for _ in range(BUSY)]
    waiting: Any = fork.Process(target=wait_for_word, args=(there,))
    with running(*busy, waiting):
        for process in [*busy, waiting]:
            os.sched_setaffinity(process.pid, {min(os.sched_getaffinity(0))})  # one can run, the others are ready to
        blocked = state(waiting, "S", "D")
        (*runnable, awake), (*shares, waits) = watch([*busy, waiting])
        os.kill(busy[0].pid, signal.SIGSTOP)
        stopped = state(busy[0], "T")
        busy[1].kill()
        ended = state(busy[1], "Z")  # until it is joined
    facts: dict[str, Any] = {
        "busy": BUSY,
        "looks": BUSY * LOOKS,
        "runnable": sum(runnable),
        "share": sum(shares),  # of one core
        "blocked": blocked,
        "awake": awake,
        "blocked_share": waits,
        "stopped": stopped,
        "ended": ended,
    }
    if not 0 < facts["share"] < ONE_CORE:
        return Finding(ClaimVerdict.COULD_NOT_TELL, facts, "the processes did not run on one core")
    if sum(runnable) < ALWAYS * BUSY * LOOKS or blocked not in {"S", "D"} or awake > LOOKS - ALWAYS * LOOKS:
        return Finding(ClaimVerdict.FALSE, facts)
    others = {stopped, ended}.isdisjoint({"R", "S", "D"})
    return Finding(ClaimVerdict.BUT if others else ClaimVerdict.TRUE, facts)


def square(number: int) -> int:
    """Return the square of a number, and take long for it."""
    time.sleep(CALL)
    return number * number


def synchronous_blocking(pool: Pool) -> tuple[Any, int]:
    """Call, and stand still until the answer is there."""
    return pool.apply(square, (7,)), 0


def synchronous_non_blocking(pool: Pool) -> tuple[Any, int]:
    """Call, and ask again and again whether the answer is there; between two questions there is time for other work."""
    deadline = time.monotonic() + DEADLINE
    result, asked = pool.apply_async(square, (7,)), 0
    while not result.ready() and time.monotonic() < deadline:
        asked += 1
    return result.get(DEADLINE), asked


def asynchronous_blocking(pool: Pool) -> tuple[Any, int]:
    """Call, be told when the answer is there, and stand still until then."""
    answers: queue.SimpleQueue[int] = queue.SimpleQueue()
    pool.apply_async(square, (7,), callback=answers.put)
    return answers.get(timeout=DEADLINE), 0


def asynchronous_non_blocking(pool: Pool) -> tuple[Any, int]:
    """Call, and do other work without asking; a callback notes the answer, and how much was done until then."""
    told, noted, done = threading.Event(), [], 0

    def note(answer: int) -> None:
        noted.append((answer, done))
        told.set()

    began = time.monotonic()
    pool.apply_async(square, (7,), callback=note)
    while time.monotonic() < began + 2 * CALL:
        done += 1
    told.wait(DEADLINE)
    return noted[0]


def tried(manner: Callable[[Pool], tuple[Any, int]], pool: Pool) -> dict[str, Any]:
    """Return the answer, the time until it was there, the CPU time of the caller, and what it did meanwhile."""
    began, cpu = time.monotonic(), time.thread_time()
    answer, meanwhile = manner(pool)
    return {"answer": answer, "s": time.monotonic() - began, "cpu": time.thread_time() - cpu, "meanwhile": meanwhile}


@claim("sync-async")
def sync_async() -> Finding:
    """The same call in all four manners: is the caller free meanwhile, and how does it get the answer?"""
    blocking, free = (
        [synchronous_blocking, asynchronous_blocking],
        [synchronous_non_blocking, asynchronous_non_blocking],
    )
    tries: dict[str, list[dict[str, Any]]] = {manner.__name__: [] for manner in [*blocking, *free]}
    with multiprocessing.Pool(1) as pool:
        for _ in range(REPEATS):
            for manner in [*blocking, *free]:
                tries[manner.__name__].append(tried(manner, pool))
    facts: dict[str, Any] = {"call": CALL}
    for name, each in tries.items():
        facts[name] = {what: statistics.median(one[what] for one in each) for what in ("s", "cpu", "meanwhile")}
    answered = all(one["answer"] == 49 for each in tries.values() for one in each)
    stood_still = all(facts[manner.__name__]["cpu"] < CALL / 4 for manner in blocking)
    went_on = all(facts[manner.__name__]["meanwhile"] > SOME for manner in free)
    return Finding(ClaimVerdict.TRUE if answered and stood_still and went_on else ClaimVerdict.FALSE, facts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
