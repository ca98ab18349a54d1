"""Claims about locks and events."""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.sharedctypes import RawArray, RawValue
from statistics import median
from threading import BrokenBarrierError
from typing import Any

from crossover.experiments.claims.claim import Finding, claim, joined, main, running
from crossover.experiments.claims.common.timing import common_start
from crossover.results.claim_verdict import ClaimVerdict

DEADLINE = 10.0  # seconds in which all of this ends, also on a busy machine
LATE = f"its processes did not do their work within {DEADLINE:g} s"
MOST_ROUNDS = 20  # where a busy machine lets the processes run one after the other, and no update is lost


def add(number: Any, updates: int, start: Any, lock: Any = None) -> None:
    """Add 1 to a shared number, many times; hold the lock each time, if there is one."""
    start.wait(DEADLINE)
    if lock is None:
        for _ in range(updates):
            number.value += 1
    else:
        for _ in range(updates):
            with lock:
                number.value += 1


def seconds_of(workers: Sequence[Any], start: Any, began: Any) -> float | None:
    """Return how long processes work that wait for each other at the start; None if they had not ended in time."""
    with running(*workers), suppress(BrokenBarrierError):
        start.wait(DEADLINE)
        if joined(workers, DEADLINE):
            return time.monotonic() - float(began.value)
    return None


@claim("lock", cores=2)
def lock() -> Finding:
    """Do processes that add to one number lose updates, and does a lock prevent it?"""
    processes, updates, rounds = 2, 50_000, 0
    lost, times = {"without": 0, "with": 0}, {"without": 0.0, "with": 0.0}
    while rounds < 3 or (not lost["without"] and rounds < MOST_ROUNDS):
        rounds += 1
        for case, locks in (("without", []), ("with", [multiprocessing.Lock()])):
            number = RawValue("i", 0)  # a Value would bring a lock of its own
            start, began = common_start(processes + 1)
            arguments = (number, updates, start, *locks)
            workers = [multiprocessing.Process(target=add, args=arguments) for _ in range(processes)]
            seconds = seconds_of(workers, start, began)
            if seconds is None:
                return Finding(ClaimVerdict.COULD_NOT_TELL, {}, LATE)
            times[case] += seconds
            lost[case] += processes * updates - number.value
    total = rounds * processes * updates
    facts = {
        "updates": total,
        "lost": lost["with"],
        "lost_without": lost["without"],
        "update": times["with"] / total,
        "update_without": times["without"] / total,
    }
    if lost["with"]:
        return Finding(ClaimVerdict.FALSE, facts)
    if not lost["without"]:
        return Finding(ClaimVerdict.COULD_NOT_TELL, facts, "no update was lost without a lock either")
    return Finding(ClaimVerdict.TRUE, facts)


def wait_for(events: Sequence[Any], ready: Any, went_on: Any) -> None:
    """Wait for one event after the other, and note when each wait ended."""
    for number, one in enumerate(events):
        ready.release()
        if not one.wait(DEADLINE):
            return
        went_on[number] = time.monotonic()  # one clock for all processes


@claim("event")
def event() -> Finding:
    """Does a process that waits go on before the event is set, and how long after?"""
    waiters, rounds = 3, 10
    events = [multiprocessing.Event() for _ in range(rounds)]
    ready = multiprocessing.Semaphore(0)
    went_on = [RawArray("d", rounds) for _ in range(waiters)]
    processes = [multiprocessing.Process(target=wait_for, args=(events, ready, times)) for times in went_on]
    set_at = []
    with running(*processes):
        for one in events:
            if not all(ready.acquire(timeout=DEADLINE) for _ in processes):
                break
            time.sleep(0.02)  # time to go on too early
            set_at.append(time.monotonic())
            one.set()
        joined(processes, DEADLINE)
    if not set_at:
        return Finding(ClaimVerdict.COULD_NOT_TELL, {}, f"its processes had not started after {DEADLINE:g} s")
    waits = [times[number] - at for times in went_on for number, at in enumerate(set_at) if times[number]]
    early = sum(wait < 0 for wait in waits)
    missed = waiters * len(set_at) - len(waits)
    facts = {"waits": waiters * len(set_at), "early": early, "missed": missed}
    facts |= {"latency": median(waits)} if waits else {}
    return Finding(ClaimVerdict.FALSE if early or missed else ClaimVerdict.TRUE, facts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
