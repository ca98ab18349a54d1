"""One run under one fault: begin, strike, heal, take over where that is possible, drain, and tell what is left."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import NamedTuple

import psutil

from crossover.execution.faults.catalogue import PoisonTask
from crossover.execution.faults.fault import Fault, Moment
from crossover.execution.faults.monitor import FaultRunMonitor
from crossover.execution.faults.targets import ControllableServer, FaultTargets, FillableServer, NetworkPath
from crossover.execution.producer.producer_process import ProducerSpec, Ready
from crossover.recording.journal import FOLDER, POISON
from crossover.recording.journal_reader import attempts
from crossover.recording.ledger import ACCEPTED, NOT_ATTEMPTED, Ledger

DRAINED_WITHIN = 40.0  # seconds without an outcome; a run that is not quiet then never will be
TAKEN_OVER = 6  # times, at most


class FaultRun(NamedTuple):
    """What was seen.

    Attributes:
        ledger: of the run.
        seconds: from the first submission to the last thing that was done.
        struck: when the fault struck, in nanoseconds of the monotonic clock; 0: it did not.
        attempted_before, done_before: how many tasks had been submitted, and been done, by then.
        hung: why it hangs; nothing where it does not.
        error: what told the producer that something is wrong; nothing where nothing did.
        taken_over: how often another process had to take over.
        ready: what the first subject said.
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


class FaultEnvironment(NamedTuple):
    """Where a run takes place.

    Attributes:
        environment: of its processes, beside ours.
        takes_over: whether another process can go on with what it leaves.
        server, memory, way: what can be struck there.
    """

    environment: Mapping[str, str]
    takes_over: bool
    server: ControllableServer | None = None
    memory: FillableServer | None = None
    way: NetworkPath | None = None


def run_under_fault(
    spec: ProducerSpec, fault: Fault, stage: FaultEnvironment, strike_at: int, should_end: Callable[[], bool]
) -> FaultRun:
    """Let a run happen under a fault, and leave no process behind.

    Args:
        spec: of the run; its folder is empty.
        fault: what happens.
        stage: where.
        strike_at: after so many tasks; the poisonous one, where a task is the fault.
        should_end: asked often; when it says so, the run is ended.

    Raises:
        StartError: the workers did not become ready.
        KeyboardInterrupt: it was ended.
    """
    poison = strike_at if isinstance(fault, PoisonTask) else -1
    environment = {**stage.environment, FOLDER: str(spec.folder), POISON: str(poison)}
    watch = FaultRunMonitor(spec, environment, should_end)
    ready = watch.subject.ready
    scene = FaultTargets(watch.subject, spec.folder, stage.server, stage.memory, stage.way)
    try:
        struck, attempted, done = _strike(watch, fault, scene, strike_at)
        quiet, taken_over = _drain(watch, takes_over=stage.takes_over)
        waits = watch.subject.alive and not watch.subject.broken and not taken_over
        ended = watch.subject.finish() if watch.subject.alive else True
        ledger = watch.ledger()
    finally:
        watch.end(takes_over=stage.takes_over)
    hung = "" if ended else "the producer does not end"
    if waits and not hung and _stands_still(ledger, spec, struck):
        hung = "work stops: the producer waits, and nothing is done any more"
    if not quiet:
        hung = f"no outcome for {DRAINED_WITHIN:.0f} s, and yet not quiet"
    began, last = watch.history.sent[0], max(ledger.first_done)
    seconds = (last - began) / 1e9 if began and last else 0.0
    error = "; ".join(dict.fromkeys(watch.errors))
    return FaultRun(ledger, seconds, struck, attempted, done, hung, error, taken_over, ready)


def _strike(watch: FaultRunMonitor, fault: Fault, scene: FaultTargets, strike_at: int) -> tuple[int, int, int]:
    """Begin, strike and heal; return when that was, and how many tasks had been submitted and done by then."""
    watch.wait(fault.after)
    if fault.moment is not Moment.IDLE:
        watch.subject.go()
    if fault.moment is Moment.BUSY:
        watch.wait_until_done(strike_at)
    if fault.moment not in {Moment.BUSY, Moment.IDLE} or watch.subject.over:
        return 0, 0, 0
    attempted, done, struck = attempts(watch.history), watch.done(), time.monotonic_ns()
    try:
        with suppress(ProcessLookupError, psutil.NoSuchProcess):
            fault.strike(scene)
        watch.died |= not watch.subject.alive
        if fault.moment is Moment.IDLE:
            watch.subject.go()
        watch.wait(0)
        if watch.subject.over and not watch.subject.broken:  # it was too late
            struck = 0
        watch.wait(fault.lasts)
    finally:  # whatever happens, a server must not stay stopped
        fault.heal(scene)
    return struck, attempted, done


def _drain(watch: FaultRunMonitor, *, takes_over: bool) -> tuple[bool, int]:
    """Wait until it is over, or quiet, or hopeless; return whether it became quiet, and how often it was taken over."""
    taken_over = 0
    while True:
        quiet = watch.wait_until_quiet(DRAINED_WITHIN)
        if not watch.undone() or not (watch.stopped() and takes_over) or taken_over == TAKEN_OVER:
            return quiet, taken_over
        taken_over += 1
        if not watch.take_over():
            return quiet, taken_over


def _stands_still(ledger: Ledger, spec: ProducerSpec, struck: int) -> bool:
    """Say whether tasks lie there that nobody begins, though workers live.

    That is so where the producer may submit no more, or nothing but what was under way has been done since the strike.
    """
    if NOT_ATTEMPTED in ledger.receipts:
        return True
    pairs = zip(ledger.receipts, ledger.begun, strict=True)
    untouched = any(receipt == ACCEPTED and not begun for receipt, begun in pairs)
    return untouched and struck > 0 and sum(at > struck for at in ledger.first_done) <= spec.workers
