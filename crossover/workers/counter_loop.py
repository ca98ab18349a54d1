"""The loop of a worker that updates a shared counter."""

from __future__ import annotations

from array import array
from collections import Counter as Tally
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from crossover.contract.counters import Counter, NotAddedError, UpdatePlan, UpdateReport
from crossover.contract.errors import CrossoverError
from crossover.contract.system import Clock
from crossover.contract.text import describe
from crossover.workers.processes.parent_end import die_with_parent

AWAKE_BEFORE = 0.002  # seconds; how late a sleeper may wake up


def serve(counter: Counter, number: int, acknowledged: Any, connection: Connection, process: bool) -> None:  # noqa: FBT001 - a process takes positional arguments
    """Prepare, report ready, wait for the plan, update the counter, and send the report.

    Args:
        counter: what to add to.
        number: of this worker.
        acknowledged: an array shared by all workers: what a worker has done is known even if it is killed.
        connection: to the producer.
        process: whether this is a process, not a thread; it must not outlive the producer.
    """
    if process:
        die_with_parent()
    with connection, suppress(EOFError, OSError):  # the producer has closed it
        try:
            counter.open()
        except BaseException as error:
            connection.send(describe(error))
            return
        connection.send(None)
        connection.send(_add(counter, number, acknowledged, connection.recv()))
        counter.close()


def _add(counter: Counter, number: int, acknowledged: Any, plan: UpdatePlan) -> UpdateReport:
    """Update the counter until it is time to stop.

    One reading of the clock ends an update, begins the next, and shows whether it is time to stop: so the latency of an
    update includes our bookkeeping, and no time is left out.
    """
    add, clock, most, until = counter.add, Clock.monotonic_ns, plan.most, plan.until
    done = tried = turns = 0
    latencies = array("q", bytes(8)) * min(most, plan.samples)
    size = len(latencies)
    counts = memoryview(acknowledged).cast("B").cast("q")
    reasons: Tally[str] = Tally()
    broken = ""
    Clock.sleep(max(0.0, (plan.begin - clock()) / 1e9 - AWAKE_BEFORE))
    while clock() < plan.begin:
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
    except Exception as error:  # whether the update was made is unknown; to go on would hide that
        broken = str(error) if isinstance(error, CrossoverError) else describe(error)
    return UpdateReport(
        began, clock(), done, turns, counter.retries, dict(reasons), latencies[: min(done, size)], broken
    )
