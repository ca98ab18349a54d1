"""Runs a job: gives lines to workers, writes what comes back, and tries again what failed."""

from __future__ import annotations

import queue
import time
from concurrent.futures import BrokenExecutor, CancelledError, Future
from contextlib import suppress
from functools import partial

from crossover.contract.errors import UnusableError
from crossover.jobs.errors import BrokerLostError, TaskTimeoutError, WorkerDiedError
from crossover.jobs.lines import FAILED, UNREADABLE, LinesDone
from crossover.jobs.mapping import Maps
from crossover.jobs.runner.chunk import Chunk
from crossover.jobs.runner.output.dead_letters import DeadLetters
from crossover.jobs.runner.output.journal import Journal
from crossover.jobs.runner.output.order import Order
from crossover.jobs.runner.output.output import Output
from crossover.jobs.runner.pace import Pace
from crossover.jobs.runner.plan import Rules
from crossover.jobs.runner.retries import Retries
from crossover.jobs.runner.sources.source import Source
from crossover.jobs.runner.tally import Tally
from workloads.base import InputError

LOOK_EVERY = 0.2  # seconds
AHEAD = 2  # chunks for each worker: one that it does, one that it takes next
MOST_DEATHS = 3  # of workers, with one line; then it is given up


class Runner:
    """Runs one job.

    Attributes:
        tally: what it has done so far.
        source: of the lines.

    Args:
        executor: has the workers.
        workers: how many, about.
        function: "module:function".
        source: of the lines.
        journal: the output.
        dead_letters: what is given up.
        rules: how lines are treated.
    """

    def __init__(
        self,
        executor: Maps,
        workers: int,
        function: str,
        source: Source,
        journal: Journal,
        dead_letters: DeadLetters,
        rules: Rules,
    ) -> None:
        self.tally = Tally(resumed=journal.done.count)
        self._executor, self._function, self.source, self._rules = executor, function, source, rules
        order = Order(journal.done, values=rules.values) if rules.ordered or rules.values else None
        self._output = Output(journal, dead_letters, order, self.tally)
        self._most_chunks = AHEAD * workers
        self._skip = journal.done
        self._pace, self._retries = Pace(rules.most_in_flight), Retries()
        self._finished: queue.SimpleQueue[tuple[Chunk, Future[LinesDone]] | None] = queue.SimpleQueue()
        self._out: dict[Chunk, Future[LinesDone]] = {}
        self._lines_out = 0
        self._bad: Chunk | None = None  # the first line that cannot be read, where these are not passed over
        source.when_ready(partial(self._finished.put, None))

    def run(self) -> None:
        """Do all lines that are not done.

        Raises:
            InputError: the input cannot be read, or has a line that is no JSON.
            OSError: the output cannot be written.
            UnusableError: there are no workers any more.
        """
        try:
            while True:
                self._give_out()
                if not self._out and not self._retries and (self._bad or self.source.ended):
                    break
                self._take_back()
                self._output.sync()
            self.source.check_unchanged()
            if self._bad is not None:
                way_out = "mend it, or pass over such lines with --skip-bad"
                raise InputError(f"{self.source.place}, {self._bad.bad}: {way_out}")
        finally:
            for future in self._out.values():
                future.cancel()
            self._output.sync(now=True)
            self.tally.ended = time.monotonic()

    def _give_out(self) -> None:
        while len(self._out) < self._most_chunks and self._pace.may_go(self._lines_out):
            chunk = self._retries.due()
            if chunk is None:
                if self._bad or self._retries.is_full or not self._output.may_begin(self.source.read + 1):
                    return
                chunk = self.source.chunk(self._pace.together(self._lines_out), self._skip)
            if chunk is None:
                return
            if chunk.bad:
                self._after_bad_input(chunk, chunk.bad)
                continue
            future = self._executor.submit_lines(
                self._function, (self.source.form, chunk.first, chunk.lines), self._rules.task_timeout
            )
            self._out[chunk] = future
            self._lines_out += chunk.count
            future.add_done_callback(partial(self._finish, chunk))

    def _finish(self, chunk: Chunk, future: Future[LinesDone]) -> None:
        self._finished.put((chunk, future))

    def _take_back(self) -> None:
        """Settle what has come back; wait for it for a moment, or until there are lines again (None)."""
        with suppress(queue.Empty):
            finished = self._finished.get(timeout=self._retries.pause(LOOK_EVERY))
            while True:
                if finished is not None:
                    chunk, future = finished
                    del self._out[chunk]
                    self._lines_out -= chunk.count
                    self._settle(chunk, future)
                finished = self._finished.get_nowait()

    def _settle(self, chunk: Chunk, future: Future[LinesDone]) -> None:
        try:
            error = future.exception()
        except CancelledError as cancelled:
            raise UnusableError("the workers were ended") from cancelled
        if error is None:
            self._write(chunk, future.result())
        elif isinstance(error, WorkerDiedError | TaskTimeoutError):
            self._after_death(chunk, error)
        elif isinstance(error, BrokenExecutor | BrokerLostError):
            raise UnusableError(str(error)) from error
        else:
            raise error

    def _write(self, chunk: Chunk, done: LinesDone) -> None:
        _, count, failed, _, seconds, cpu, who = done
        tally = self.tally
        tally.working += seconds
        tally.cpu += cpu
        tally.workers[who] = tally.workers.get(who, 0) + count
        self._pace.learn(chunk.count, seconds)
        self._output.write(chunk, done)
        for number, why, error, traceback, kinds in failed:
            line = chunk.line(number)
            if why == UNREADABLE:
                self._after_bad_input(line, f"line {number:,} {error}")
            elif why == FAILED:
                self._after_failure(line, error, traceback, kinds)
            else:
                line.attempts += 1
                self._output.give_up(line, f"{why}: {error}", traceback)

    def _after_bad_input(self, line: Chunk, what: str) -> None:
        """Pass over a line that cannot be read; or do what is with workers, and no more."""
        if self._rules.skip_bad:
            self._output.pass_over(line)
        elif self._bad is None or line.first < self._bad.first:
            line.bad = what
            self._bad = line

    def _after_failure(self, line: Chunk, error: str, traceback: str, kinds: list[str]) -> None:
        line.attempts += 1
        if line.attempts > self._rules.retries or (self._rules.retry_on and not {*self._rules.retry_on} & {*kinds}):
            self._output.give_up(line, error, traceback)
        else:
            self.tally.retried += 1
            self._retries.add(line)

    def _after_death(self, chunk: Chunk, error: WorkerDiedError | TaskTimeoutError) -> None:
        """Try each line alone of those whose worker has ended: one of them may end each worker."""
        self.tally.deaths += 1
        if chunk.count > 1:
            for line in chunk.each():
                self._retries.add_now(line)
        elif isinstance(error, TaskTimeoutError):
            self._after_failure(chunk, f"TaskTimeoutError: {error}", "", ["TaskTimeoutError", "TimeoutError"])
        else:
            chunk.deaths += 1
            chunk.attempts += 1
            if chunk.deaths < MOST_DEATHS:
                self.tally.retried += 1
                self._retries.add_now(chunk)
            else:
                self._output.give_up(chunk, f"it has ended {chunk.deaths} workers; the last one: {error}", "")
