"""What becomes of lines that come back: they are written, tried again, or given up."""

from __future__ import annotations

import time
from concurrent.futures import BrokenExecutor, CancelledError, Future

from crossover.contract.errors import UnusableError
from crossover.contract.text import describe
from crossover.jobs.errors import (
    BrokerLostError,
    CallRefusedError,
    NotAcceptedError,
    RemoteTraceback,
    TaskTimeoutError,
    WorkerDiedError,
)
from crossover.jobs.lines import FAILED, UNREADABLE, LinesDone, names_of
from crossover.jobs.runner.chunk import Chunk
from crossover.jobs.runner.output.output import Output
from crossover.jobs.runner.plan import Rules
from crossover.jobs.runner.retries import Retries
from crossover.jobs.runner.tally import Tally

MOST_DEATHS = 3  # of workers, with one line; then it is given up
ACCEPTS_WITHIN = 15.0  # seconds that lines are given to a server that does not accept them; then the job ends
PAUSE = 0.5  # seconds between two attempts
PARTS = 50  # of a message whose worker has ended: each is done by itself


class Settling:
    """Decides it.

    Attributes:
        bad: the first line that cannot be read, where these are not passed over.

    Args:
        rules: how lines are treated.
        output: takes what is done, and what is given up.
        retries: takes what is tried again.
        tally: counts.
    """

    def __init__(self, rules: Rules, output: Output, retries: Retries, tally: Tally) -> None:
        self.bad: Chunk | None = None
        self._rules, self._output, self._retries, self._tally = rules, output, retries, tally

    def settle(self, chunk: Chunk, future: Future[LinesDone]) -> None:
        """Lines have come back, in whatever way.

        Raises:
            NotWrittenError: the output cannot be written.
            UnusableError: the workers cannot do this job.
        """
        try:
            error = future.exception()
        except CancelledError as cancelled:
            raise UnusableError("the workers were ended") from cancelled
        if not isinstance(error, NotAcceptedError):
            chunk.in_vain_since = 0.0
        if error is None:
            self._write(chunk, future.result())
        elif isinstance(error, WorkerDiedError | TaskTimeoutError):
            self._after_death(chunk, error)
        elif isinstance(error, NotAcceptedError):
            self._after_silence(chunk, error)
        elif isinstance(error, BrokerLostError):
            self._after_loss(chunk, error)
        elif isinstance(error, BrokenExecutor | CallRefusedError):
            raise UnusableError(in_words(error)) from error
        elif chunk.count > 1:
            self._divide(chunk)
        else:  # what cannot be carried, as a value that is too large for its server
            self._after_failure(chunk, describe(error), "", names_of(type(error)))

    def after_bad_input(self, line: Chunk, what: str) -> None:
        """Pass over a line that cannot be read; or do what is with workers, and no more."""
        if self._rules.skip_bad:
            self._output.pass_over(line)
        elif self.bad is None or line.first < self.bad.first:
            line.bad = what
            self.bad = line

    def _write(self, chunk: Chunk, done: LinesDone) -> None:
        _, count, failed, _, seconds, cpu, who = done
        tally = self._tally
        self._output.write(chunk, done)
        tally.working += seconds
        tally.cpu += cpu
        tally.workers[who] = tally.workers.get(who, 0) + count
        for number, why, error, traceback, names in failed:
            line = chunk.line(number)
            if why == UNREADABLE:
                self.after_bad_input(line, f"line {number:,} {error}")
            elif why == FAILED:
                self._after_failure(line, error, traceback, names)
            else:
                line.attempts += 1
                self._output.give_up(line, f"{why}: {error}", traceback)

    def _after_failure(self, line: Chunk, error: str, traceback: str, names: list[str]) -> None:
        line.attempts += 1
        if line.attempts > self._rules.retries or (self._rules.retry_on and not {*self._rules.retry_on} & {*names}):
            self._output.give_up(line, error, traceback)
        else:
            self._tally.retried += 1
            self._retries.add(line)

    def _after_death(self, chunk: Chunk, error: WorkerDiedError | TaskTimeoutError) -> None:
        """Do each line by itself of those whose worker has ended: one of them may end each worker."""
        self._tally.deaths += 1
        if chunk.count > 1:
            self._divide(chunk)
        elif isinstance(error, TaskTimeoutError):
            self._after_failure(chunk, describe(error), "", names_of(type(error)))
        elif not self._is_tried_again(chunk):
            self._output.give_up(chunk, f"it has ended {chunk.deaths} workers; the last one: {error}", "")

    def _after_silence(self, chunk: Chunk, error: NotAcceptedError) -> None:
        """Give it to the server again, which may just have been away; it may have been done all the same."""
        if not chunk.in_vain_since:
            chunk.in_vain_since, chunk.why_in_vain = time.monotonic(), ""
        chunk.why_in_vain = max(chunk.why_in_vain, in_words(error), key=len)
        if time.monotonic() - chunk.in_vain_since >= ACCEPTS_WITHIN:
            why = f"the server has accepted no lines for {ACCEPTS_WITHIN:.0f} s: {chunk.why_in_vain}"
            raise UnusableError(why) from error
        self._tally.retried += chunk.count
        self._retries.add_now(chunk, PAUSE)

    def _after_loss(self, chunk: Chunk, error: BrokerLostError) -> None:
        """Do again what a server has lost, or a worker that is gone; the rest of it by itself, after three times."""
        if self._is_tried_again(chunk):
            return
        if not self._tally.workers:  # nobody has ever done anything
            raise UnusableError(in_words(error)) from error
        if chunk.count > 1:
            self._divide(chunk)
        else:
            self._output.give_up(chunk, f"it was lost {chunk.deaths} times; the last time: {error}", "")

    def _is_tried_again(self, chunk: Chunk) -> bool:
        chunk.deaths += 1
        chunk.attempts += 1
        if chunk.deaths == MOST_DEATHS:
            return False
        self._tally.retried += chunk.count
        self._retries.add_now(chunk)
        return True

    def _divide(self, chunk: Chunk) -> None:
        for part in chunk.parts(-(-chunk.count // PARTS)):
            self._retries.add_now(part)


def in_words(error: BaseException) -> str:
    """Return why the workers cannot do a job."""
    cause = error.__cause__
    if cause is None or isinstance(cause, RemoteTraceback) or str(cause) in str(error):
        return str(error)
    return f"{error}: {describe(cause)}"
