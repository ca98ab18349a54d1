"""Observes a subject: waits for it, lets another one take its run over, and gathers what they said."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from crossover.contract.errors import StartError
from crossover.contract.history import History
from crossover.contract.ledger import REFUSED, Ledger
from crossover.contract.room import Files
from crossover.execution.journals import attempts, ledger_of
from crossover.execution.subject import Spec
from crossover.execution.subjects import Subject
from crossover.workers.journal import RECORD, SUFFIX

LOOK = 0.02  # seconds
QUIET = 1.0  # seconds without anything new, beside the redelivery, that count as "nothing will come any more"
STRUCK_WITHIN = 20.0  # seconds until so much has been done that a fault can strike


class Watch:
    """Watches a run.

    Attributes:
        subject: the one that runs it now.
        history: the producer's record.
        errors: what told a producer that something is wrong.
        died: whether a producer died without a word.

    Args:
        spec: of the run.
        environment: of its processes, beside ours.
        should_end: asked often; when it says so, `wait` raises KeyboardInterrupt.
    """

    def __init__(self, spec: Spec, environment: Mapping[str, str], should_end: Callable[[], bool]) -> None:
        self._spec = spec
        self._environment = environment
        self._should_end = should_end
        self._unexpected = 0
        self.subject = Subject(spec, environment)
        self.history = History(spec.tasks, spec.batch, Files(spec.folder))
        self.errors: list[str] = []
        self.died = False

    def wait(self, seconds: float) -> None:
        """Wait, and hear what the subject says; a moment, at least.

        Raises:
            KeyboardInterrupt: it should end.
        """
        until = time.monotonic() + seconds
        while True:
            if self._should_end():
                raise KeyboardInterrupt
            self.subject.hear(LOOK)
            if not self.subject.alive:
                time.sleep(LOOK)
            if time.monotonic() >= until:
                return

    def wait_until_done(self, tasks: int) -> None:
        """Wait until so many tasks have been done, but not for ever."""
        deadline = time.monotonic() + STRUCK_WITHIN
        while self._events() < 2 * tasks and time.monotonic() < deadline and not self.subject.over:
            self.wait(0)

    def wait_until_quiet(self, deadline: float) -> bool:
        """Return when everything is settled, or nothing new has come for long; False when that is not so in time."""
        last, since = (-1, -1), time.monotonic()
        patience = self.subject.ready.redelivery + QUIET
        while time.monotonic() < deadline:
            self.wait(0)
            if self.subject.over or not self.subject.alive:
                self.died |= not self.subject.over
                return True
            now = (self._events(), self.history.deliveries[:].count(0))
            if now != last:
                last, since = now, time.monotonic()
            elif time.monotonic() - since > patience:
                return True
        return False

    def undone(self) -> bool:
        """Say whether something that may have been accepted has not been done."""
        ledger = ledger_of(self.history, self._spec.folder)
        pairs = zip(ledger.receipts[: attempts(self.history)], ledger.done, strict=False)
        return any(not done and receipt != REFUSED for receipt, done in pairs)

    def stopped(self) -> bool:
        """Say whether nothing can be done any more: the producer is dead or broken, or all workers are dead."""
        return self.subject.broken or not self.subject.alive or not self.subject.family()

    def take_over(self) -> bool:
        """Let a new process go on, as a restarted application would; return whether it could."""
        run = self.subject.ready.run
        self._leave()
        try:
            self.subject = Subject(self._spec._replace(run=run), self._environment)
        except StartError as error:
            self.errors.append(f"it cannot be taken over: {error}")
            return False
        self.subject.go()
        return True

    def end(self, *, takes_over: bool) -> bool:
        """Let it stop its transport; return whether it did. What a dead one has left is removed by another."""
        ended = self.subject.alive and self.subject.finish()
        if not ended and takes_over:
            run = self.subject.ready.run
            self._leave()
            with suppress(StartError):
                self.subject = Subject(self._spec._replace(run=run), self._environment)
                self.subject.finish()
        self._leave()
        return ended

    def ledger(self) -> Ledger:
        """Return what producer and workers have written down."""
        found = ledger_of(self.history, self._spec.folder, killed=self.died)
        found.unexpected += self._unexpected
        return found

    def _events(self) -> int:
        """Return how much the workers have written down."""
        with suppress(FileNotFoundError):
            return sum(path.stat().st_size for path in self._spec.folder.glob(f"*{SUFFIX}")) // RECORD.size
        return 0

    def _leave(self) -> None:
        """Take leave of a subject, and keep what it said."""
        self.subject.kill()
        said = self.subject.said
        self._unexpected += said.unexpected
        self.errors += [said.error] if said.error else list(said.reasons)
        self.subject.close()
