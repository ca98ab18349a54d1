"""One run under one fault: begin, strike, heal, take over where that is possible, drain, and tell what is left."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import NamedTuple

import psutil

from crossover.contract.errors import StartError
from crossover.contract.history import History
from crossover.contract.ledger import REFUSED, Ledger
from crossover.contract.room import Files
from crossover.execution.faults import Fault, Moment, PoisonTask
from crossover.execution.journals import attempts, ledger_of
from crossover.execution.scene import Scene, Victim, Way
from crossover.execution.subject import Ready, Spec
from crossover.execution.subjects import Subject
from crossover.workers.journal import FOLDER, POISON, RECORD, SUFFIX

LOOK = 0.02  # seconds
QUIET = 1.0  # seconds without anything new, beside the redelivery, that count as "nothing will come any more"
STRUCK_WITHIN = 20.0  # seconds until so much has been done that the fault can strike
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
    watch = _Watch(spec, environment, should_end)
    try:
        return watch.run(fault, stage, strike_at)
    finally:
        watch.subject.kill()
        watch.subject.close()


class _Watch:
    """Observes a run.

    Args:
        spec, environment, should_end: as in `undergo`.
    """

    def __init__(self, spec: Spec, environment: Mapping[str, str], should_end: Callable[[], bool]) -> None:
        self._spec = spec
        self._environment = environment
        self._should_end = should_end
        self.subject = Subject(spec, environment)
        self._history = History(spec.tasks, spec.batch, Files(spec.folder))
        self._errors: list[str] = []
        self._unexpected = 0
        self._struck = self._before = 0

    def run(self, fault: Fault, stage: Stage, strike_at: int) -> Ordeal:
        """Strike, heal, drain, end."""
        ready = self.subject.ready
        scene = Scene(self.subject, self._spec.folder, stage.server, stage.way)
        self._wait(fault.after)
        if fault.moment is Moment.IDLE:
            self._strike(fault, scene)
        self.subject.go()
        if fault.moment is Moment.BUSY:
            self._wait_until_done(strike_at)
            self._strike(fault, scene)
        if self._struck:
            try:
                self._wait(fault.lasts)
            finally:  # whatever happens, a server must not stay stopped
                fault.heal(scene)
        killed = not self.subject.alive
        hung, taken_over = self._drain(stage.takes_over)
        if self.subject.alive and not self.subject.finish() and not hung:
            hung = "the producer does not end"
        self._gather()
        ledger = ledger_of(self._history, self._spec.folder, killed=killed)
        ledger.unexpected += self._unexpected
        sent = [at for at in (self._history.sent[0],) if at]
        seconds = (max(ledger.first_done) - sent[0]) / 1e9 if sent and any(ledger.first_done) else 0.0
        error = "; ".join(dict.fromkeys(self._errors))
        return Ordeal(ledger, seconds, self._struck, self._before, hung, error, taken_over, ready)

    def _strike(self, fault: Fault, scene: Scene) -> None:
        self._before, self._struck = attempts(self._history), time.monotonic_ns()
        with suppress(ProcessLookupError, psutil.NoSuchProcess):
            fault.strike(scene)

    def _drain(self, takes_over: bool) -> tuple[str, int]:  # noqa: FBT001
        """Wait until it is over, or quiet, or hopeless; return why it hangs, and how often it was taken over."""
        taken_over = 0
        deadline = time.monotonic() + DRAINED_WITHIN
        while True:
            quiet = self._wait_until_quiet(deadline)
            stopped = self.subject.broken or not self.subject.alive or not self._workers_live()
            if not self._undone() or not (stopped and takes_over) or taken_over == TAKEN_OVER:
                break
            taken_over += 1
            if not self._take_over():
                break
            deadline = max(deadline, time.monotonic() + DRAINED_WITHIN / 2)
        if not quiet:
            return f"still not quiet after {DRAINED_WITHIN:.0f} s", taken_over
        waits = self.subject.alive and not self.subject.broken and not taken_over
        if waits and attempts(self._history) < self._spec.tasks:
            return "work stops: the producer waits, and nothing is done any more", taken_over
        return "", taken_over

    def _take_over(self) -> bool:
        """Let a new process go on, as a restarted application would; return whether it could."""
        run = self.subject.ready.run
        self.subject.kill()
        self._gather()
        self.subject.close()
        try:
            self.subject = Subject(self._spec._replace(run=run), self._environment)
        except StartError as error:
            self._errors.append(f"it cannot be taken over: {error}")
            return False
        self.subject.go()
        return True

    def _wait_until_done(self, tasks: int) -> None:
        deadline = time.monotonic() + STRUCK_WITHIN
        while self._events() < 2 * tasks and time.monotonic() < deadline and not self.subject.over:
            self._wait(0)

    def _wait_until_quiet(self, deadline: float) -> bool:
        """Return when everything is settled, or nothing new has come for long; False when that is never."""
        last, since = (-1, -1), time.monotonic()
        patience = self.subject.ready.redelivery + QUIET
        while time.monotonic() < deadline:
            self._wait(0)
            if self.subject.over or self.subject.broken or not self.subject.alive:
                self._wait(2 * LOOK)  # workers end what they have begun
                if self.subject.over or not self.subject.broken:
                    return True
            now = (self._events(), self._spec.tasks - self._history.deliveries[:].count(0))
            if now != last:
                last, since = now, time.monotonic()
            elif time.monotonic() - since > patience:
                return True
        return False

    def _wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while True:
            if self._should_end():
                raise KeyboardInterrupt
            self.subject.hear(LOOK)
            if not self.subject.alive:
                time.sleep(LOOK)
            if time.monotonic() >= until:
                return

    def _events(self) -> int:
        """Return how much the workers have written down."""
        with suppress(FileNotFoundError):
            return sum(path.stat().st_size for path in self._spec.folder.glob(f"*{SUFFIX}")) // RECORD.size
        return 0

    def _undone(self) -> bool:
        ledger = ledger_of(self._history, self._spec.folder)
        attempted = attempts(self._history)
        return any(
            not done and receipt != REFUSED
            for done, receipt in zip(ledger.done[:attempted], ledger.receipts, strict=False)
        )

    def _workers_live(self) -> bool:
        return bool(self.subject.family())

    def _gather(self) -> None:
        said = self.subject.said
        self._unexpected += said.unexpected
        self._errors += [said.error] if said.error else list(said.reasons)
