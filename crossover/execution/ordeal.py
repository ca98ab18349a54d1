"""One run under one fault: begin, strike, heal, take over where that is possible, drain, and tell what is left."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import NamedTuple

import psutil

from crossover.contract.ledger import Ledger
from crossover.execution.fault import Fault, Moment
from crossover.execution.faults import PoisonTask
from crossover.execution.journals import attempts
from crossover.execution.scene import Scene, Victim, Way
from crossover.execution.subject import Ready, Spec
from crossover.execution.watch import Watch
from crossover.workers.journal import FOLDER, POISON

DRAINED_WITHIN = 40.0  # seconds from the fault on; a run that is not quiet then never will be
TAKEN_OVER = 6  # times, at most


class Ordeal(NamedTuple):
    """What was seen.

    Attributes:
        ledger: of the run.
        seconds: from the first submission to the last thing that was done.
        struck: when the fault struck, in nanoseconds of the monotonic clock; 0: it did not.
        attempted_before: how many tasks had been submitted then.
        hung: why it hangs; nothing where it does not.
        error: what told the producer that something is wrong; nothing where nothing did.
        taken_over: how often another process had to take over.
        ready: what the first subject said.
    """

    ledger: Ledger
    seconds: float
    struck: int
    attempted_before: int
    hung: str
    error: str
    taken_over: int
    ready: Ready


class Stage(NamedTuple):
    """Where a run takes place.

    Attributes:
        environment: of its processes, beside ours.
        takes_over: whether another process can go on with what it leaves.
        server: what can be struck, where it is ours.
        way: likewise.
    """

    environment: Mapping[str, str]
    takes_over: bool
    server: Victim | None = None
    way: Way | None = None


def undergo(spec: Spec, fault: Fault, stage: Stage, strike_at: int, should_end: Callable[[], bool]) -> Ordeal:
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
    watch = Watch(spec, environment, should_end)
    ready = watch.subject.ready
    try:
        struck, before = _strike(watch, fault, Scene(watch.subject, spec.folder, stage.server, stage.way), strike_at)
        hung, taken_over = _drain(watch, spec.tasks, takes_over=stage.takes_over)
    except BaseException:
        watch.end(takes_over=stage.takes_over)
        raise
    alive = watch.subject.alive
    if not watch.end(takes_over=stage.takes_over) and alive and not hung:
        hung = "the producer does not end"
    ledger = watch.ledger()
    began, ended = watch.history.sent[0], max(ledger.first_done)
    seconds = (ended - began) / 1e9 if began and ended else 0.0
    return Ordeal(ledger, seconds, struck, before, hung, "; ".join(dict.fromkeys(watch.errors)), taken_over, ready)


def _strike(watch: Watch, fault: Fault, scene: Scene, strike_at: int) -> tuple[int, int]:
    """Begin, strike and heal; return when that was, in nanoseconds, and how many tasks had been submitted."""
    watch.wait(fault.after)
    if fault.moment is not Moment.IDLE:
        watch.subject.go()
    if fault.moment is Moment.BUSY:
        watch.wait_until_done(strike_at)
    if fault.moment not in {Moment.BUSY, Moment.IDLE}:
        return 0, 0
    before, struck = attempts(watch.history), time.monotonic_ns()
    try:
        with suppress(ProcessLookupError, psutil.NoSuchProcess):
            fault.strike(scene)
        watch.died |= not watch.subject.alive
        if fault.moment is Moment.IDLE:
            watch.subject.go()
        watch.wait(fault.lasts)
    finally:  # whatever happens, a server must not stay stopped
        fault.heal(scene)
    return struck, before


def _drain(watch: Watch, tasks: int, *, takes_over: bool) -> tuple[str, int]:
    """Wait until it is over, or quiet, or hopeless; return why it hangs, and how often it was taken over."""
    taken_over = 0
    deadline = time.monotonic() + DRAINED_WITHIN
    while True:
        quiet = watch.wait_until_quiet(deadline)
        if not watch.undone() or not (watch.stopped() and takes_over) or taken_over == TAKEN_OVER:
            break
        taken_over += 1
        if not watch.take_over():
            break
        deadline = max(deadline, time.monotonic() + DRAINED_WITHIN / 2)
    if not quiet:
        return f"still not quiet after {DRAINED_WITHIN:.0f} s", taken_over
    waits = watch.subject.alive and not watch.subject.broken and not taken_over
    if waits and attempts(watch.history) < tasks:
        return "work stops: the producer waits, and nothing is done any more", taken_over
    return "", taken_over
