"""One run in which a fault is injected: start, strike, heal, take over where possible, drain, return the ledger."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import psutil

from crossover.contract.tasks import Receipt
from crossover.execution.faults.environment import FaultEnvironment
from crossover.execution.faults.fault import Fault, Moment
from crossover.execution.faults.fault_run_monitor import FaultRunMonitor
from crossover.execution.faults.targets import FaultTargets
from crossover.execution.producer.protocol import ProducerSpec, Ready
from crossover.recording.journals.journal import FOLDER, POISON
from crossover.recording.journals.ledger import NOT_ATTEMPTED, Ledger
from crossover.recording.shared_history import count_attempted

DRAINED_WITHIN = 40.0  # seconds without an outcome, after which it is looked at whether busy workers can ever end
MOST_TAKE_OVERS = 6


class FaultRun(NamedTuple):
    """What was observed of a fault run.

    Attributes:
        ledger: of the run.
        seconds: from the first submission to the end of the last task.
        struck: when the fault struck, in nanoseconds of the monotonic clock; 0: it did not.
        attempted_before, done_before: how many tasks had been submitted, and done, by then.
        hung: why the run hung; empty where it did not.
        error: the errors that the producer saw; empty where it saw none.
        taken_over: how often a new producer took over.
        ready: what the first producer reported when its workers were ready.
    """

    ledger: Ledger
    seconds: float
    struck: int
    attempted_before: int
    done_before: int
    hung: str
    error: str
    taken_over: int
    ready: Ready


class _Strike(NamedTuple):
    """When the fault struck (0: it did not), and how many tasks had been submitted and done by then."""

    time: int = 0
    attempted: int = 0
    done: int = 0


def run_under_fault(
    spec: ProducerSpec,
    folder: Path,
    fault: Fault,
    environment: FaultEnvironment,
    strike_at: int,
    should_end: Callable[[], bool],
) -> FaultRun:
    """Run one workload while a fault is injected, and leave no process behind.

    Args:
        spec: of the run.
        folder: empty; journals, output and the record of the producer go there.
        fault: what goes wrong.
        environment: where the run takes place.
        strike_at: the number of tasks done when the fault strikes; or the task that is the fault.
        should_end: called often; when it returns true, the run is ended.

    Raises:
        StartError: the workers did not become ready.
        KeyboardInterrupt: `should_end` returned true.
    """
    poison = strike_at if fault.kills_with_task else -1
    variables = {**environment.variables, FOLDER: str(folder), POISON: str(poison)}
    monitor = FaultRunMonitor(spec._replace(variables=variables), folder, should_end)
    ready = monitor.producer.ready
    targets = FaultTargets(monitor.producer, folder, environment.server, environment.memory, environment.network)
    try:
        strike = _strike(monitor, fault, targets, strike_at)
        quiet, taken_over = _drain(monitor, resumable=environment.resumable)
        waits = monitor.producer.alive and not monitor.producer.broken and not taken_over
        finished = monitor.producer.finish() if monitor.producer.alive else True
        ledger = monitor.ledger()
    finally:
        monitor.end(resumable=environment.resumable)
    hung = "" if finished else "the producer does not end"
    if waits and not hung and _stands_still(ledger, spec, strike.time):
        hung = "work stops: the producer waits, and no task is done any more"
    if not quiet:
        hung = f"no outcome for {DRAINED_WITHIN:.0f} s: workers wait in their tasks for a lock that is never released"
    began, last = monitor.history.sent[0], max(ledger.first_done)
    seconds = (last - began) / 1e9 if began and last else 0.0
    error = "; ".join(dict.fromkeys(monitor.errors))
    return FaultRun(ledger, seconds, *strike, hung, error, taken_over, ready)


def _strike(monitor: FaultRunMonitor, fault: Fault, targets: FaultTargets, strike_at: int) -> _Strike:
    """Let the producer start, strike at the fault's moment, and heal."""
    monitor.wait(fault.delay)
    if fault.moment is not Moment.IDLE:
        monitor.producer.run()
    if fault.moment is Moment.BUSY:
        monitor.wait_until_done(strike_at)
    if fault.moment not in {Moment.BUSY, Moment.IDLE} or monitor.producer.finished:
        return _Strike()
    strike = _Strike(attempted=count_attempted(monitor.history), done=monitor.done(), time=time.monotonic_ns())
    try:
        with suppress(ProcessLookupError, psutil.NoSuchProcess):
            fault.strike(targets)
        monitor.died |= not monitor.producer.alive
        if fault.moment is Moment.IDLE:
            monitor.producer.run()
        monitor.wait(0)
        if monitor.producer.finished and not monitor.producer.broken:  # the run ended before the strike had an effect
            strike = strike._replace(time=0)
        monitor.wait(fault.duration)
    finally:  # a server must not stay stopped
        fault.heal(targets)
    return strike


def _drain(monitor: FaultRunMonitor, *, resumable: bool) -> tuple[bool, int]:
    """Wait until the run is over or quiet; return whether it became so in time, and how many producers took over."""
    taken_over = 0
    while True:
        quiet = monitor.wait_until_quiet(DRAINED_WITHIN)
        if not monitor.unfinished() or not (monitor.cannot_continue() and resumable) or taken_over == MOST_TAKE_OVERS:
            return quiet, taken_over
        taken_over += 1
        if not monitor.take_over():
            return quiet, taken_over


def _stands_still(ledger: Ledger, spec: ProducerSpec, struck: int) -> bool:
    """Return whether accepted tasks are not begun although workers are alive.

    That is so where the producer can submit no more, or where only tasks under way have been done since the strike.
    """
    if NOT_ATTEMPTED in ledger.receipts:
        return True
    pairs = zip(ledger.receipts, ledger.begun, strict=True)
    waiting = any(receipt == Receipt.ACCEPTED and not begun for receipt, begun in pairs)
    return waiting and struck > 0 and sum(at > struck for at in ledger.first_done) <= spec.load.workers
