"""Runs a job: gives lines to workers, and takes back what they have done."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future
from contextlib import suppress
from functools import partial

from crossover.contract.errors import UnusableError
from crossover.jobs.lines import LinesDone
from crossover.jobs.mapping import Maps
from crossover.jobs.runner.chunk import Chunk
from crossover.jobs.runner.limits.rate import Rate
from crossover.jobs.runner.limits.time_limit import TimeLimit
from crossover.jobs.runner.numbers import Also, Skipped
from crossover.jobs.runner.output.dead_letters import DeadLetters
from crossover.jobs.runner.output.journal import Journal, NotWrittenError
from crossover.jobs.runner.output.order import Order
from crossover.jobs.runner.output.output import Output
from crossover.jobs.runner.pace import Pace
from crossover.jobs.runner.plan import Rules
from crossover.jobs.runner.retries import Retries
from crossover.jobs.runner.sample.sample_source import SampleSource
from crossover.jobs.runner.settling import Settling, in_words
from crossover.jobs.runner.sources.source import Source
from crossover.jobs.runner.tally import Tally
from crossover.workers import interruption
from workloads.base import InputError

LOOK_EVERY = 0.2  # seconds
AHEAD = 2  # chunks for each worker: one that it does, one that it takes next


class Runner:
    """Runs one job.

    Attributes:
        tally: what it has done so far.
        halted: why nothing more began; "": it has come to its end.
        workers: how many it has, about.
        function: "module:function".
        source: of all lines.
        sample: lines that are done before the others; None: there are none.

    Args:
        executor: has the workers.
        workers, function, source, sample: as above.
        skip: numbers of lines that are not to be done.
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
        skip: Skipped,
        journal: Journal,
        dead_letters: DeadLetters,
        rules: Rules,
        sample: SampleSource | None = None,
    ) -> None:
        self.tally = Tally(resumed=journal.done.count - dead_letters.left, failed_before=dead_letters.left)
        self.halted = ""
        self.workers, self.function, self.source = workers, function, source
        self._executor, self._skip, self.sample = executor, skip, sample
        self._from = source  # gives out lines now: the sample, then the rest
        self._halt = rules.halt
        order = (
            Order(journal.done, values=rules.values, written=journal.lines) if rules.ordered or rules.values else None
        )
        self._output = Output(journal, dead_letters, order, self.tally)
        self._rate, self._time_limit = Rate(rules.rate), TimeLimit(rules.task_timeout)
        self._pace, self._retries = Pace(self._rate, rules.most_in_flight), Retries()
        self._settling = Settling(rules, self._output, self._retries, self.tally)
        self._most_chunks = workers * (1 if rules.rate else AHEAD)  # what waits at a worker begins at any time
        self._finished: queue.SimpleQueue[tuple[Chunk, Future[LinesDone]] | None] = queue.SimpleQueue()
        self._out: dict[Chunk, Future[LinesDone]] = {}
        self._lines_out = 0
        source.when_ready(partial(self._finished.put, None))

    def run(self, look: Callable[[], None] = lambda: None) -> None:
        """Do all lines that are not done; what has come back is kept, however it ends.

        Args:
            look: called again and again meanwhile.

        Raises:
            InputError: the input cannot be read, or has a line that is no JSON.
            NotWrittenError: the output cannot be written.
            UnusableError: there are no workers any more.
            KeyboardInterrupt: the user has asked for it.
        """
        try:
            self._output.begin()
            while self._goes_on():
                self._take_back(self._patience())
                self._output.sync()
                look()
        except BaseException as error:
            with suppress(Exception):
                if not isinstance(error, NotWrittenError):
                    self._take_back(0)
                self._output.sync(now=True)
            self._end_workers()
            raise
        finally:
            self.tally.ended = time.monotonic()
            self._output.end()
        self._output.sync(now=True)
        self.source.check_unchanged()
        if bad := self._settling.bad:
            raise InputError(f"{self.source.place}, {bad.bad}: mend it, or pass over such lines with --skip-bad")

    def run_sample(self, look: Callable[[], None] = lambda: None) -> None:
        """Do the lines of the sample, as `run`, which then does the rest."""
        if self.sample is not None:
            self._from = self.sample
            self.run(look)
            self._from, self._skip = self.source, Also(self._skip, self.sample.numbers)

    def _goes_on(self) -> bool:
        interruption.raise_if_requested()
        self.halted = self.halted or self._halt.why(self.tally)
        if not self.halted:
            self._give_out()
        return bool(self._out) or not (self.halted or (not self._retries and (self._from.ended or self._settling.bad)))

    def _give_out(self) -> None:
        while len(self._out) < self._most_chunks and (room := self._pace.room(self._lines_out)):
            within = self._time_limit.now()
            chunk = self._retries.due(room)
            if chunk is None:
                if self._settling.bad or self._retries.is_full or not self._output.may_begin(self._from.read + 1):
                    return
                together = 1 if self._time_limit.is_learning else self._pace.together(within)
                chunk = self._read(min(room, together))
            if chunk is None:
                return
            if chunk.bad:
                self._settling.after_bad_input(chunk, chunk.bad)
                continue
            began = time.perf_counter()
            lines = (self._from.form, chunk.first, chunk.lines)
            try:
                future = self._executor.submit_lines(self.function, lines, within)
            except BrokenExecutor as error:
                raise UnusableError(in_words(error)) from error
            self._out[chunk] = future
            self._lines_out += chunk.count
            self._rate.take(chunk.count)
            future.add_done_callback(partial(self._finish, chunk))
            self.tally.sending += time.perf_counter() - began

    def _read(self, most: int) -> Chunk | None:
        began = time.perf_counter()
        chunk = self._from.chunk(most, self._skip)
        self.tally.reading += time.perf_counter() - began
        return chunk

    def _finish(self, chunk: Chunk, future: Future[LinesDone]) -> None:
        self._finished.put((chunk, future))

    def _patience(self) -> float:
        """Return the seconds until something else may be given out."""
        if self.halted or len(self._out) >= self._most_chunks:
            return LOOK_EVERY
        if not self._pace.room(self._lines_out):
            return self._rate.pause(LOOK_EVERY)
        return self._retries.pause(LOOK_EVERY)

    def _take_back(self, patience: float) -> None:
        """Settle what has come back; wait for it for a moment, or until there are lines again (None)."""
        with suppress(queue.Empty):
            finished = self._wait(patience)
            while True:
                if finished is not None:
                    chunk, future = finished
                    del self._out[chunk]
                    self._lines_out -= chunk.count
                    began = time.perf_counter()
                    self._learn(chunk, future)
                    self._settling.settle(chunk, future)
                    self.tally.writing += time.perf_counter() - began
                finished = self._finished.get_nowait()

    def _wait(self, patience: float) -> tuple[Chunk, Future[LinesDone]] | None:
        """Return what has come back; None: there are lines again.

        Raises:
            queue.Empty: nothing has come for a number of seconds.
        """
        began = time.perf_counter()
        try:
            return self._finished.get(timeout=patience)
        finally:
            waited = time.perf_counter() - began
            if self._out:
                self.tally.waiting += waited
            else:
                self.tally.pausing += waited

    def _learn(self, chunk: Chunk, future: Future[LinesDone]) -> None:
        if not future.cancelled() and future.exception() is None:
            seconds = future.result()[4]
            self._pace.learn(chunk.count, seconds)
            self._time_limit.learn(chunk.count, seconds)

    def _end_workers(self) -> None:
        """End them at once, also in the middle of a line; threads end with this process."""
        if hasattr(self._executor, "kill_workers"):
            self._executor.kill_workers()
        else:
            self._executor.shutdown(wait=False, cancel_futures=True)
