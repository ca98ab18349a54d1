"""What a worker does that changes a shared counter."""

from __future__ import annotations

import time
from array import array
from collections import Counter as Tally
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from crossover.contract.counters import Counter, NotAddedError, UpdatePlan, UpdateReport
from crossover.contract.errors import CrossoverError
from crossover.contract.text import describe
from crossover.workers.lifetime import die_with_parent

AWAKE_BEFORE = 0.002  # seconds; how late a sleeper may wake up


def serve(counter: Counter, number: int, acknowledged: Any, line: Connection, process: bool) -> None:  # noqa: FBT001 - a process gets what it is given in order
    """Make ready, say so, wait for the word, add, and tell what was done.

    Args:
        counter: what to add to.
        number: of this worker.
        acknowledged: an array that all share; so what a worker has done is known even when it is killed.
        line: to the producer.
        process: whether this is a process of its own, which must not outlive the producer.
    """
    if process:
        die_with_parent()
    with line, suppress(EOFError, OSError):  # the producer has given up
        try:
            counter.open()
        except BaseException as error:
            line.send(describe(error))
            return
        line.send(None)
        line.send(_add(counter, number, acknowledged, line.recv()))
        counter.close()


def _add(counter: Counter, number: int, acknowledged: Any, burst: UpdatePlan) -> UpdateReport:
    """Add until it is time to stop.

    One look at the clock ends an update and begins the next, and says whether it is time to stop: what is called an
    update's latency has our bookkeeping in it, and nothing is left out.
    """
    add, clock, most, until = counter.add, time.monotonic_ns, burst.most, burst.until
    done = tried = turns = 0
    latencies = array("q", bytes(8)) * min(most, burst.samples)
    size = len(latencies)
    counts = memoryview(acknowledged).cast("B").cast("q")
    reasons: Tally[str] = Tally()
    broken = ""
    time.sleep(max(0.0, (burst.begin - clock()) / 1e9 - AWAKE_BEFORE))
    while clock() < burst.begin:
        pass
    last: int | None = None
    began = before = clock()
    try:
        while before < until and tried < most:
            tried += 1
            try:
                value = add()
            except NotAddedError as error:
                reasons[str(error)] += 1
                before = clock()
                continue
            now = clock()
            latencies[done % size] = now - before
            before = now
            done += 1
            counts[number] = done
            if last is not None and value != last + 1:
                turns += 1
            last = value
    except Exception as error:  # whether the update was made is unknown; who goes on would hide that
        broken = str(error) if isinstance(error, CrossoverError) else describe(error)
    return UpdateReport(
        began, clock(), done, turns, counter.retries, dict(reasons), latencies[: min(done, size)], broken
    )
