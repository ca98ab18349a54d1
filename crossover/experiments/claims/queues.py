"""Claims about queues."""

from __future__ import annotations

import io
import multiprocessing
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import redirect_stderr
from pathlib import Path
from queue import Empty, Full
from typing import Any

from crossover.experiments.claims.claim import Finding, claim, main, running
from crossover.experiments.claims.common.queue_users import (
    DEADLINE,
    ITEMS,
    LARGE,
    PAUSES,
    WORKERS,
    arrivals,
    killed_in_get,
    killed_in_put,
    produce,
    raises,
    wait_until,
)
from crossover.results.claim_verdict import ClaimVerdict

TRIES = 500
NEXT = "the next item"
ASKED = 4_000
MESSAGES, REPETITIONS = 100, 150  # 100 messages fit into the smallest pipe


@claim("queue-safe", shows=("common.queue_users:arrivals killed_in_get killed_in_put PAUSES",))
def queue_safe() -> Finding:
    """Does each item arrive exactly once, and does it still if a process is killed at the queue?"""
    items: Any = multiprocessing.Queue()
    count = arrivals(items)
    items.close()
    items.join_thread()  # a process is forked best while there is one thread
    lost = sum(count[number] == 0 for number in range(WORKERS * ITEMS))
    twice = sum(often > 1 for often in count.values())
    hung = ["get"] if any(map(killed_in_get, PAUSES)) else []
    hung += ["put"] if killed_in_put() else []
    facts = {"workers": WORKERS, "items": WORKERS * ITEMS, "lost": lost, "twice": twice, "hung": hung}
    if lost or twice:
        return Finding(ClaimVerdict.FALSE, facts)
    return Finding(ClaimVerdict.BUT if hung else ClaimVerdict.TRUE, facts)


@claim("queue-any-type", shows=("common.queue_users:produce DEADLINE",))
def queue_any_type() -> Finding:
    """Does everything arrive that is put into a queue, and what happens to that which does not?"""
    items: Any = multiprocessing.Queue()
    outcomes: dict[str, list[str]] = {"arrived": [], "lost": [], "refused": []}
    with Path(__file__).open() as file, redirect_stderr(io.StringIO()) as said:
        picklable = {"int": 1, "list": [[2], [3]], "dict": {"a": 4}, "Counter": Counter(), "function": produce}
        others = {"lambda": lambda: 5, "generator": (n for n in "b"), "lock": threading.Lock(), "file": file}
        for name, thing in (picklable | others).items():
            try:
                items.put(thing)
            except Exception:
                outcomes["refused"].append(name)
                continue
            items.put(NEXT)  # what is put first arrives first: if this comes instead, the other one is lost
            arrived = items.get(timeout=DEADLINE) != NEXT
            outcomes["arrived" if arrived else "lost"].append(name)
            if arrived:
                items.get(timeout=DEADLINE)
    facts = {**outcomes, "tracebacks": said.getvalue().count("Traceback")}
    items.close()
    if not set(picklable) <= set(outcomes["arrived"]):
        return Finding(ClaimVerdict.FALSE, facts)
    if outcomes["lost"]:
        return Finding(ClaimVerdict.MISLEADING, facts)
    return Finding(ClaimVerdict.BUT if outcomes["refused"] else ClaimVerdict.TRUE, facts)


def ask_first(items: Any, found: Any, barrier: Any) -> None:
    """Take items only where empty() has just said that there are some; tell how often there were none."""
    barrier.wait(DEADLINE)
    found.put(sum(not items.empty() and raises(Empty, items.get_nowait) for _ in range(ASKED)))


def nothing_though_two_asked_first() -> int:
    """Return how often two processes at one queue met Empty, though empty() had just told them otherwise."""
    items: Any = multiprocessing.Queue()
    found: Any = multiprocessing.Queue()
    barrier = multiprocessing.Barrier(WORKERS + 1)
    askers = [multiprocessing.Process(target=ask_first, args=(items, found, barrier)) for _ in range(WORKERS)]
    with running(*askers):
        for number in range(ASKED):
            items.put(number)
        wait_until(lambda: not items.empty())
        barrier.wait(DEADLINE)
        counts = [found.get(timeout=DEADLINE) for _ in askers]
    items.cancel_join_thread()  # what is left may be lost
    items.close()
    return sum(counts)


@claim("queue-nowait", shows=("common.queue_users:raises wait_until WORKERS LARGE",))
def queue_nowait() -> Finding:
    """Do the calls that never wait raise Full and Empty, and is it true what the queue says of itself?"""
    surprised = nothing_though_two_asked_first()
    items: Any = multiprocessing.Queue(1)
    large = [None] * LARGE
    raised = {"full": 0, "empty": 0}
    wrong = {"empty": 0, "large": 0, "full": 0, "qsize": 0}
    for number in range(TRIES):
        item = number if number % 100 else large  # a thread pickles and writes it, soon, but after put has returned
        items.put(item)
        wrong["large" if item is large else "empty"] += items.empty()
        wrong["full"] += not items.full()
        wrong["qsize"] += items.qsize() != 1
        raised["full"] += raises(Full, items.put_nowait, "one too many")
        items.get(timeout=DEADLINE)
        wrong["empty"] += not items.empty()
        wrong["full"] += items.full()
        wrong["qsize"] += items.qsize() != 0
        raised["empty"] += raises(Empty, items.get_nowait)
    items.close()
    facts = {"tries": TRIES, "large": TRIES // 100, "raised": raised, "wrong": wrong}
    facts |= {"asked": WORKERS * ASKED, "surprised": surprised}
    if min(raised.values()) < TRIES:
        return Finding(ClaimVerdict.FALSE, facts)
    return Finding(ClaimVerdict.BUT if any(wrong.values()) or surprised else ClaimVerdict.TRUE, facts)


def seconds_a_message(put: Callable[[int], Any], get: Callable[[], Any]) -> float:
    """Return what a message takes if some are put and then taken, none of which has to wait."""
    began = time.perf_counter()
    for number in range(MESSAGES):
        put(number)
    for _ in range(MESSAGES):
        get()
    return (time.perf_counter() - began) / MESSAGES


@claim("queue-pipe-lock", shows=("common.queue_users:arrivals",))
def queue_pipe_lock() -> Finding:
    """Is a pipe with locks as safe as a queue, what else does a Queue have, and what does each part cost?"""
    reader, writer = multiprocessing.Pipe(duplex=False)
    items: Any = multiprocessing.Queue()
    simple: Any = multiprocessing.SimpleQueue()  # a pipe and two locks
    count = arrivals(simple)
    wrong = sum(count[number] != 1 for number in range(WORKERS * ITEMS))
    threads, before = {}, threading.active_count()
    for one in (simple, items):
        one.put("anything")
        one.get()
        threads[type(one).__name__] = threading.active_count() - before
    calls = {"Pipe": (writer.send, reader.recv)} | {type(q).__name__: (q.put, q.get) for q in (simple, items)}
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(REPETITIONS):
        for name, (put, get) in calls.items():  # by turns: what disturbs one disturbs the others, too
            seconds[name].append(seconds_a_message(put, get))
    items.close()
    bars = {name: statistics.median(times) for name, times in seconds.items()}
    facts = {"items": WORKERS * ITEMS, "wrong": wrong, "threads": threads, "bars": bars, "unit": "s"}
    if wrong:
        return Finding(ClaimVerdict.FALSE, facts)
    return Finding(ClaimVerdict.BUT if any(threads.values()) else ClaimVerdict.TRUE, facts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
