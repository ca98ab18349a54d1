"""One measured run of a shared state: workers start at one moment; then the counter is read."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from multiprocessing.connection import wait
from typing import NamedTuple

from crossover.contract.counters import GIVEN_UP_AFTER, UpdatePlan, UpdateReport
from crossover.contract.errors import BrokenError, StartError
from crossover.contract.shared_state import SharedState
from crossover.execution.counters.counter_workers import CounterWorkers
from crossover.execution.hangs import LONGEST
from crossover.execution.process_exits import ProcessExits
from crossover.execution.supervision import LOOK_EVERY, Ending
from crossover.results.records import End
from crossover.workers.fleet import interrupts_held_back

START_AFTER = 0.02  # seconds from sending the plans until all workers start: every worker must have received its plan
TIME_LIMIT = 600.0  # seconds of a run with a given number of updates
REPORTS_WITHIN = 12.0  # seconds for the last reports, even if a broker does not answer
REPORTS_WITHIN_AFTER_DEATH = GIVEN_UP_AFTER + 1.0  # ... if a worker has died, which may have held the lock
NO_LIMIT = 2**62  # updates
SAMPLES = 2**19  # latencies that are kept, of all workers together


class CounterRun(NamedTuple):
    """What was observed of one run.

    Attributes:
        reports: one per worker.
        final: the value of the counter after the run; None where it could not be read.
        ending: how the run ended.
        brokers: name → version and settings of what the counter went through.
    """

    reports: Sequence[UpdateReport]
    final: int | None
    ending: Ending
    brokers: Mapping[str, str] = {}


def run_counter(
    state: SharedState, workers: int, seconds: float, updates: int | None, hang_after: float | None = None
) -> CounterRun:
    """Let workers update a counter, and leave nothing behind; this process is the producer.

    Args:
        state: not yet started; it is stopped here.
        workers: how many.
        seconds: how long, where `updates` is None.
        updates: how many, of all workers together.
        hang_after: seconds without an update after which the workers hang; None: a minute.

    Raises:
        UnusableError: the state or a worker cannot be started.
    """
    counter_workers = CounterWorkers(state, workers)
    try:
        try:
            counter_workers.start()
        except (OSError, RuntimeError, BrokenError) as error:  # no descriptors, no memory; a server was killed
            raise StartError(f"it cannot be started: {error}") from error
        reports, ending = _run(counter_workers, state, seconds, updates, hang_after or LONGEST)
        return _read(state, reports, ending)
    finally:
        with interrupts_held_back():
            counter_workers.stop()
            state.stop()


def _run(
    counter_workers: CounterWorkers, state: SharedState, seconds: float, updates: int | None, hang_after: float
) -> tuple[list[UpdateReport], Ending]:
    """Send every worker its plan, and wait until each has reported or cannot report any more."""
    begin = time.monotonic_ns() + int(START_AFTER * 1e9)
    until = begin + int((seconds if updates is None else TIME_LIMIT) * 1e9)
    for number in range(counter_workers.workers):
        most = NO_LIMIT if updates is None else len(range(number, updates, counter_workers.workers))
        counter_workers.send(number, UpdatePlan(begin, until, most, SAMPLES // counter_workers.workers))
    deadline = until / 1e9 + REPORTS_WITHIN
    dead: list[str] = []
    done, since, quiet = 0, begin / 1e9, 0.0
    with ProcessExits(state.processes()) as exits:
        while counter_workers.busy and time.monotonic() < deadline and quiet < hang_after:
            counter_workers.receive(wait(counter_workers.busy, LOOK_EVERY))
            if (now_done := counter_workers.done) != done:
                done, since = now_done, time.monotonic()
            quiet = time.monotonic() - since
            if not dead and (dead := [*counter_workers.dead, *exits.ended()]):
                deadline = min(deadline, time.monotonic() + REPORTS_WITHIN_AFTER_DEATH)
        if counter_workers.broken:
            time.sleep(LOOK_EVERY)  # a connection closes slightly earlier than its process ends
        dead = [*counter_workers.dead, *exits.ended()]
    silent = len(counter_workers.busy)
    reports = counter_workers.reports(begin)  # this ends the workers: one that hangs must not update the counter later
    if dead:
        return reports, Ending(End.DIED, ", ".join(dead))
    if counter_workers.broken:
        return reports, Ending(End.COUNTER_LOST, counter_workers.broken)
    if silent:
        silence = f"{silent} of {counter_workers.workers} workers did not report"
        return reports, Ending(End.HUNG, f"{silence}, and made no update for {quiet:.0f} s")
    if updates is not None and max(report.ended for report in reports) >= until:
        return reports, Ending(End.TIME_UP, f"{TIME_LIMIT:g} s")
    return reports, Ending(End.FINISHED)


def _read(state: SharedState, reports: Sequence[UpdateReport], ending: Ending) -> CounterRun:
    if ending.end is End.HUNG:  # the process that keeps the counter may be what hangs
        return CounterRun(reports, None, ending, state.brokers())
    try:
        return CounterRun(reports, state.read(), ending, state.brokers())
    except BrokenError as error:
        lost = Ending(End.COUNTER_LOST, str(error))
        return CounterRun(reports, None, lost if ending.end is End.FINISHED else ending, state.brokers())
