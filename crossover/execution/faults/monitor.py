"""Observes a subject: waits for it, lets another one take its run over, and gathers what they said."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from crossover.contract.errors import StartError
from crossover.execution.faults.targets import is_busy, journal_keepers
from crossover.execution.producer.producer_handle import ProducerHandle
from crossover.execution.producer.producer_process import NOTHING_SAID, ProducerSpec
from crossover.recording.history import History
from crossover.recording.journal import FOLDER, RECORD, SUFFIX
from crossover.recording.journal_reader import attempts, ledger_of
from crossover.recording.ledger import REFUSED, Ledger
from crossover.recording.storage import Files

LOOK = 0.02  # seconds
QUIET = 1.0  # seconds without anything new, beside the redelivery, that count as "nothing will come any more"
OVERSIZE = 10.0  # seconds likewise, where one payload may be half a gigabyte
STUCK = 600.0  # seconds in the middle of a task that count as "it will never end"
STRUCK_WITHIN = 20.0  # seconds without anything new, after which a fault strikes wherever the run is


class FaultRunMonitor:
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

    def __init__(self, spec: ProducerSpec, environment: Mapping[str, str], should_end: Callable[[], bool]) -> None:
        self._spec = spec
        self._environment = environment
        self._should_end = should_end
        self._unexpected = 0
        self.subject = ProducerHandle(spec, environment, should_end)
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
        """Wait until so many tasks have been done, as long as more and more are."""
        events, since = 0, time.monotonic()
        while self.done() < tasks and time.monotonic() - since < STRUCK_WITHIN and not self.subject.over:
            self.wait(0)
            if (written := self._events()) != events:
                events, since = written, time.monotonic()

    def wait_until_quiet(self, patience: float) -> bool:
        """Return when everything is settled, or nothing new comes; False when something does, but no outcome.

        While a worker is in the middle of a task, it is not quiet, however long the task takes.

        Args:
            patience: seconds without an outcome.
        """
        quiet = self.subject.ready.redelivery + (OVERSIZE if self._spec.odd else QUIET)
        last, since = -1, time.monotonic()
        missing, progress = -1, since
        while True:
            self.wait(0)
            if self.subject.over or not self.subject.alive:
                self.died |= not self.subject.over
                return True
            now = time.monotonic()
            if (still := self._missing()) != missing:
                missing, progress = still, now
            if (written := self._events()) != last:
                last, since = written, now
            silent = now - max(since, progress) > quiet
            if silent or now - progress > patience:
                if not self._busy():
                    return silent
                if now - progress > STUCK:
                    return False

    def done(self) -> int:
        """Return how many tasks have been done, roughly: what is done twice counts twice."""
        return self._events() // 2

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
        self._leave()
        try:
            self._succeed(self._environment)
        except StartError as error:
            self.errors.append(f"it cannot be taken over: {error}")
            return False
        self.subject.go()
        return True

    def end(self, *, takes_over: bool) -> None:
        """Let it stop its transport, or let another one remove what a dead one has left."""
        if self.subject.alive:
            self.subject.finish()
        if not self.subject.stopped and takes_over:
            self._leave()
            with suppress(StartError, KeyboardInterrupt):
                self._succeed({**self._environment, FOLDER: ""})  # what it does is not to be counted
                self.subject.finish()
        self._leave()

    def ledger(self) -> Ledger:
        """Return what producers and workers have written down."""
        found = ledger_of(self.history, self._spec.folder, killed=self.died)
        self._gather()
        found.unexpected += self._unexpected
        return found

    def _succeed(self, environment: Mapping[str, str]) -> None:
        spec = self._spec._replace(run=self.subject.ready.run)
        self.subject = ProducerHandle(spec, environment, self._should_end)

    def _events(self) -> int:
        """Return how much the workers have written down."""
        with suppress(FileNotFoundError):
            return sum(path.stat().st_size for path in self._spec.folder.glob(f"*{SUFFIX}")) // RECORD.size
        return 0

    def _missing(self) -> int:
        """Return how many tasks have no outcome."""
        return bytes(self.history.deliveries[:]).count(0)

    def _busy(self) -> bool:
        """Say whether a worker is in the middle of a task."""
        folder = self._spec.folder
        return any(is_busy(folder, pid) for pid in journal_keepers(self.subject, folder))

    def _leave(self) -> None:
        """Take leave of a subject."""
        self.subject.kill()
        self._gather()
        self.subject.close()

    def _gather(self) -> None:
        """Keep what a subject said, once."""
        said, self.subject.said = self.subject.said, NOTHING_SAID
        self._unexpected += said.unexpected
        self.errors += [said.error] if said.error else list(said.reasons)
