"""Claims about synchronisation across machines."""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections.abc import Iterable
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from statistics import median
from typing import Any

from crossover.experiments.claims.claim import Finding, claim, joined, main, running
from crossover.experiments.claims.servers.holders import killed_holders, receive, stopped_holders
from crossover.experiments.claims.servers.in_server import DEADLINE, KINDS, everywhere, parts
from crossover.results.claim_verdict import ClaimVerdict

LEASE = 2.0  # seconds; memcached counts whole ones, and may end the first of them early
LATE = "a process did not end well: "


def latency(lock: Any, times: int = 50) -> float:
    """Return how long it takes to enter and leave where nobody else is, the median of some times."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        lock.acquire(timeout=DEADLINE)
        lock.release()
        took.append(time.perf_counter() - began)
    return median(took)


def update(lock: Any, number: Any, start: Barrier, times: int) -> None:
    """Add 1 while others do, too, as often as is wanted: read, do something else, write."""
    start.wait(DEADLINE)
    for _ in range(times):
        if not lock.acquire(timeout=DEADLINE):
            sys.exit("the lock was not free in time")
        found = number.value
        time.sleep(0.0005)
        number.value = found + 1
        lock.release()


@claim("lock-across-machines", servers=KINDS, shows=parts("Lock"))
def lock_across_machines() -> Finding:
    """Are updates lost under a lock in a server, and what does it cost?"""
    workers, times = 3, 40
    lost, took = {}, {}
    with everywhere("Lock") as locks:
        for label, lock in locks.items():
            number, start = multiprocessing.RawValue("i", 0), multiprocessing.Barrier(workers)
            given = (lock, number, start, times)
            processes = [multiprocessing.Process(target=update, args=given) for _ in range(workers)]
            with running(*processes):
                ended = joined(processes, DEADLINE)
            if not ended:
                return Finding(ClaimVerdict.COULD_NOT_TELL, {}, LATE + label)
            lost[label] = workers * times - number.value
            took[label] = latency(lock)
    facts = {"updates": workers * times, "lost": lost, "latency": took, "unit": "s"}
    return Finding(ClaimVerdict.FALSE if any(lost.values()) else ClaimVerdict.TRUE, facts)


def visit(semaphore: Any, visits: Any, start: Barrier, times: int) -> None:
    """Be inside some times, and tell from when to when."""
    start.wait(DEADLINE)
    for _ in range(times):
        if not semaphore.acquire(timeout=DEADLINE):
            sys.exit("no place was free in time")
        came = time.monotonic()
        time.sleep(0.01)
        visits.put((came, time.monotonic()))
        semaphore.release()


def largest_number(visits: Iterable[tuple[float, float]]) -> int:
    """Return how many were inside at once, at most."""
    inside = largest = 0
    steps = [step for came, left in visits for step in ((came, 1), (left, -1))]
    for _, step in sorted(steps):
        inside += step
        largest = max(largest, inside)
    return largest


@claim("semaphore-across-machines", servers=KINDS, shows=parts("Semaphore"))
def semaphore_across_machines() -> Finding:
    """How many are inside a semaphore in a server at once, and what does it cost?"""
    places, workers, times = 2, 4, 6
    largest, took = {}, {}
    with everywhere("Semaphore", places) as semaphores:
        for label, semaphore in semaphores.items():
            visits: multiprocessing.Queue[tuple[float, float]] = multiprocessing.Queue()
            given = (semaphore, visits, multiprocessing.Barrier(workers), times)
            processes = [multiprocessing.Process(target=visit, args=given) for _ in range(workers)]
            with running(*processes):
                ended = joined(processes, DEADLINE)
            if not ended:
                return Finding(ClaimVerdict.COULD_NOT_TELL, {}, LATE + label)
            largest[label] = largest_number(visits.get(timeout=DEADLINE) for _ in range(workers * times))
            took[label] = latency(semaphore)
    facts = {"places": places, "workers": workers, "largest": largest, "latency": took, "unit": "s"}
    if min(largest.values()) < places:
        return Finding(ClaimVerdict.COULD_NOT_TELL, facts, "the places were never all taken")
    return Finding(ClaimVerdict.FALSE if max(largest.values()) > places else ClaimVerdict.TRUE, facts)


def wake(event: Any, parent: Connection, times: int) -> None:
    """Wait for the event, and tell when we were woken."""
    for _ in range(times):
        if hasattr(event, "listen"):  # those in servers, so that what is timed is the wake-up alone
            event.listen()
        parent.send("waits")
        parent.send(time.monotonic() if event.wait(DEADLINE) else None)
        receive(parent)


def wake_ups(event: Any, times: int) -> list[float]:
    """Return how long after the event was set a process was woken; nothing if it did not wait, or was not woken."""
    ours, theirs = multiprocessing.Pipe()
    waiter = multiprocessing.Process(target=wake, args=(event, theirs, times))
    took = []
    with ours, running(waiter):
        for _ in range(times):
            receive(ours)
            time.sleep(0.01)  # so that it waits by now
            began = time.monotonic()
            event.set()
            woken = receive(ours)
            if woken is None or woken < began:
                break
            took.append(woken - began)
            event.clear()
            ours.send("again")
    return took if len(took) == times else []


@claim("event-across-machines", servers=KINDS, shows=parts("Event"))
def event_across_machines() -> Finding:
    """Does an event in a server wake those who wait, and those who come when it has been set?"""
    times = 10
    latency: dict[str, float] = {}
    late: dict[str, int] = {}
    with everywhere("Event") as events:
        for label, event in events.items():
            if took := wake_ups(event, times):
                latency[label] = median(took)
            event.set()
            late[label] = int(event.wait(0.2))
    facts = {"times": times, "latency": latency, "late": late, "unit": "s"}
    if latency.keys() != late.keys():
        return Finding(ClaimVerdict.FALSE, facts)
    return Finding(ClaimVerdict.TRUE if all(late.values()) else ClaimVerdict.BUT, facts)


@claim("dead-holder", servers=KINDS, shows=("servers.holders:stopped_holders killed_holders", *parts("Lock")))
def dead_holder() -> Finding:
    """Is a lock free again when its holder was killed? And what does one do that was only stopped, and goes on?"""
    freed: dict[str, float] = {}
    late: dict[str, tuple[bool, bool]] = {}
    with everywhere("Lock") as locks, everywhere("Semaphore", 1) as semaphores, everywhere("Lock") as others:
        locks |= {f"{label} Semaphore": semaphore for label, semaphore in semaphores.items()}
        with stopped_holders(others, LEASE) as stopped:
            killed_at = killed_holders(locks, LEASE)
            ends = time.monotonic() + LEASE + 1
            while time.monotonic() < ends:
                for label, lock in locks.items():
                    if label not in freed and lock.acquire(timeout=0):
                        freed[label] = time.monotonic() - killed_at[label]
                for label, lock in others.items():
                    if label not in late and lock.acquire(timeout=0):
                        stopped[label].store.write(lock.fencing_token())
                        late[label] = stopped[label].go_on()  # it still believes that it holds the lock
                time.sleep(0.01)
    facts = {
        "waited": LEASE + 1,
        "freed": freed,
        "never_freed": [label for label in locks if label not in freed],
        "not_taken_from_stopped": [label for label in others if label not in late],
        "late_writes": len(late),
        "late_taken": sum(plain for plain, _ in late.values()),
        "late_taken_with_token": sum(fenced for _, fenced in late.values()),
    }
    if not freed:
        return Finding(ClaimVerdict.FALSE, facts)
    if facts["never_freed"]:
        return Finding(ClaimVerdict.MISLEADING, facts)
    return Finding(ClaimVerdict.BUT if facts["late_taken"] else ClaimVerdict.TRUE, facts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
