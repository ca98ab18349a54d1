"""Processes that use a queue: producers, consumers, and those that are killed while they do."""

from __future__ import annotations

import multiprocessing
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from queue import Empty
from typing import Any

from crossover.experiments.claims.claim import running

DEADLINE = 20.0  # seconds for what takes milliseconds: it passes only where something hangs
SHORT = 0.4  # seconds for what could be done at once
PAUSES = (0.05, 0.2, 0.8, 3.2)  # seconds to call get again, which a busy machine delays
WORKERS = 2  # producers, and as many consumers
ITEMS = 400  # of each producer
LARGE = 1_500_000  # bytes, or entries: more than a pipe holds: writing it stops in the middle until somebody reads


def produce(items: Any, first: int) -> None:
    """Put numbers into a queue."""
    for number in range(first, first + ITEMS):
        items.put(number)


def consume(items: Any, taken: Any) -> None:
    """Take items until None comes, and tell which they were."""
    taken.put(list(iter(items.get, None)))


def arrivals(items: Any) -> Counter[int]:
    """Return item → how often it arrived, with several producers and several consumers."""
    taken: Any = multiprocessing.Queue()
    producers = [multiprocessing.Process(target=produce, args=(items, one * ITEMS)) for one in range(WORKERS)]
    consumers = [multiprocessing.Process(target=consume, args=(items, taken)) for _ in range(WORKERS)]
    with running(*producers, *consumers):
        for producer in producers:
            producer.join(DEADLINE)
        for _ in consumers:
            items.put(None)
        lists = [taken.get(timeout=DEADLINE) for _ in consumers]
    return Counter(number for numbers in lists for number in numbers)


def wait_until(condition: Callable[[], bool]) -> None:
    """Return when something has become true."""
    began = time.monotonic()
    while not condition() and time.monotonic() < began + DEADLINE:
        time.sleep(0.001)


def raises(expected: type[Exception], call: Callable[..., Any], *arguments: Any, **named: Any) -> bool:
    """Return whether a call raises what is expected."""
    try:
        call(*arguments, **named)
    except expected:
        return True
    return False


def killed_in_get(pause: float) -> bool:
    """Kill a process that waits in get; return whether another then gets nothing, though an item is there."""
    items: Any = multiprocessing.Queue()
    waiting = multiprocessing.Process(target=consume, args=(items, items))
    with running(waiting):
        items.put("for the process that is killed when it waits for the next one")
        wait_until(lambda: items.qsize() == 0)
        time.sleep(pause)
        waiting.kill()
    items.put("for another process")
    wait_until(lambda: not items.empty())
    nothing = raises(Empty, items.get, timeout=SHORT)
    items.close()
    items.join_thread()
    return nothing


def get_soon(items: Any, told: Any) -> None:
    """Tell that get is called, and then that it has returned or raised."""
    told.send("called")
    with suppress(Empty, EOFError):
        items.get(timeout=SHORT)
    told.send("ended")


def killed_in_put() -> bool:
    """Kill a process in the middle of a large put; return whether a get with a timeout then never ends."""
    items: Any = multiprocessing.Queue()
    reader, told = multiprocessing.Pipe(duplex=False)
    writing = multiprocessing.Process(target=items.put, args=(bytes(LARGE),))
    with running(writing):
        wait_until(lambda: not items.empty())
        writing.kill()
    with running(multiprocessing.Process(target=get_soon, args=(items, told))):
        reader.poll(DEADLINE)
        reader.recv()
        return not reader.poll(3 * SHORT)
