"""Monitors a fault run: waits for it, lets a new producer take over, and gathers the record, journals and errors."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from crossover.contract.errors import StartError
from crossover.contract.tasks import Receipt
from crossover.execution.faults.busy_workers import busy_workers
from crossover.execution.hangs import Workers
from crossover.execution.producer.producer_handle import ProducerHandle
from crossover.execution.producer.protocol import ProducerSpec
from crossover.recording.journals.journal import FOLDER
from crossover.recording.journals.journal_reader import ledger_of
from crossover.recording.journals.ledger import Ledger
from crossover.recording.journals.live_journals import event_count
from crossover.recording.shared_history import SharedHistory, count_attempted

LOOK = 0.02  # seconds
QUIET = 1.0  # seconds without anything new, in addition to the redelivery, that count as "nothing more will come"
QUIET_WITH_DEFECT = 10.0  # seconds likewise, where one payload may be half a gigabyte
CLEANED_WITHIN = 10.0  # seconds in which a new producer is ready to remove what a dead one has left in a broker
STRIKE_WITHIN = 20.0  # seconds without anything new, after which a fault strikes however few tasks are done


class FaultRunMonitor:
    """Starts the producer of a run and watches it.

    Attributes:
        producer: the one that drives the run now.
        history: the producer's record.
        errors: the errors that producers saw.
        died: whether a producer died before it reported the end of its loop.

    Args:
        spec: of the run.
        folder: where the journals of the workers are, and where the output of all its processes goes.
        should_end: called often; when it returns true, `wait` raises KeyboardInterrupt.
    """

    def __init__(self, spec: ProducerSpec, folder: Path, should_end: Callable[[], bool]) -> None:
        self._spec = spec
        self._folder = folder
        self._should_end = should_end
        self._unexpected = 0
        self.history = SharedHistory(spec.load.tasks, spec.load.batch)
        try:
            self.producer = self._start_producer(spec)
        except BaseException:
            self.history.file.close()
            raise
        self.errors: list[str] = []
        self.died = False

    def wait(self, seconds: float) -> None:
        """Wait, at least for a moment, and receive what the producer reports.

        Raises:
            KeyboardInterrupt: the run should end.
        """
        until = time.monotonic() + seconds
        while True:
            if self._should_end():
                raise KeyboardInterrupt
            self.producer.receive(LOOK)
            if not self.producer.alive:
                time.sleep(LOOK)
            if time.monotonic() >= until:
                return

    def wait_until_done(self, tasks: int) -> None:
        """Wait until a number of tasks is done, as long as the workers make progress."""
        events, since = 0, time.monotonic()
        while self.done() < tasks and time.monotonic() - since < STRIKE_WITHIN and not self.producer.finished:
            self.wait(0)
            if (written := event_count(self._folder)) != events:
                events, since = written, time.monotonic()

    def wait_until_quiet(self, patience: float) -> bool:
        """Return True when the run is over or nothing new happens, False when workers are in a task that never ends.

        While a worker is in the middle of a task the run is not quiet, however long the task takes.

        Args:
            patience: seconds without an outcome.
        """
        quiet = self.producer.ready.redelivery + (QUIET_WITH_DEFECT if self._spec.defect else QUIET)
        last, since = -1, time.monotonic()
        missing, progress = -1, since
        while True:
            self.wait(0)
            if self.producer.finished or not self.producer.alive:
                self.died |= not self.producer.finished
                return True
            now = time.monotonic()
            if (still_missing := self._without_outcome()) != missing:
                missing, progress = still_missing, now
            if (written := event_count(self._folder)) != last:
                last, since = written, now
            silent = now - max(since, progress) > quiet
            if silent or now - progress > patience:
                if not any(busy_workers(self.producer, self._folder)):
                    if event_count(self._folder) == last:  # else one has ended its task since it was looked at
                        return silent
                    continue
                if now - progress > patience and self._workers().is_deadlock():
                    return False

    def _workers(self) -> Workers:
        return Workers(self.producer.activity, {**self.producer.ready.processes, "producer": [self.producer.pid]})

    def done(self) -> int:
        """Return how many tasks are done, roughly: a task that is done twice counts twice."""
        return event_count(self._folder) // 2

    def unfinished(self) -> bool:
        """Return whether a task that may have been accepted is not done."""
        ledger = ledger_of(self.history, self._folder)
        pairs = zip(ledger.receipts[: count_attempted(self.history)], ledger.done, strict=False)
        return any(not done and receipt != Receipt.REFUSED for receipt, done in pairs)

    def cannot_continue(self) -> bool:
        """Return whether no task can be done any more: the producer is dead or broken, or all workers are dead."""
        return self.producer.broken or not self.producer.alive or not self.producer.descendants()

    def take_over(self) -> bool:
        """Let a new producer continue, as a restarted application would; return whether it could start."""
        self._release_producer()
        try:
            self._start_successor({})
        except StartError as error:
            self.errors.append(f"it cannot be taken over: {error}")
            return False
        self.producer.run()
        return True

    def end(self, *, resumable: bool) -> None:
        """Stop the transport; where the producer is dead, a new one takes over to remove what is left in the broker."""
        if self.producer.alive:
            self.producer.finish()
        if not self.producer.stopped and resumable:
            self._release_producer()
            deadline = time.monotonic() + CLEANED_WITHIN
            self._should_end = lambda: time.monotonic() > deadline  # also after Ctrl-C
            with suppress(StartError, KeyboardInterrupt):
                self._start_successor({FOLDER: ""})  # no journal: what it does must not count
                self.producer.finish()
        self._release_producer()
        try:
            self.history.file.save(self._folder)
        finally:
            self.history.file.close()

    def ledger(self) -> Ledger:
        """Return the ledger, made of the producers' record and the workers' journals."""
        self._gather_report()
        ledger = ledger_of(self.history, self._folder, killed=self.died)
        ledger.unexpected += self._unexpected
        return ledger

    def _start_successor(self, variables: Mapping[str, str]) -> None:
        spec = self._spec._replace(run=self.producer.ready.run)
        self.producer = self._start_producer(spec._replace(variables={**spec.variables, **variables}))

    def _start_producer(self, spec: ProducerSpec) -> ProducerHandle:
        with (self._folder / "output").open("ab") as output:
            return ProducerHandle(spec, self.history, self._should_end, output.fileno())

    def _without_outcome(self) -> int:
        """Return how many tasks have no outcome."""
        return bytes(self.history.deliveries[:]).count(0)

    def _release_producer(self) -> None:
        """Kill the producer, and keep what it has reported."""
        self.producer.kill()
        self._gather_report()
        self.producer.close()

    def _gather_report(self) -> None:
        """Keep what the producer has reported, once."""
        report, self.producer.report = self.producer.report, None
        if report is not None:
            self._unexpected += report.counts.unexpected
            self.errors += [report.error] if report.error else list(report.counts.reasons)
