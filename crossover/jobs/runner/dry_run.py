"""What a job would do, and how long it would take, told from a sample; nothing is written."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

from crossover.jobs.lines import LinesDone, LinesToDo
from crossover.jobs.runner.job import prepare, start_executor
from crossover.jobs.runner.output.claim import refuse_another
from crossover.jobs.runner.output.dead_letters import DeadLetter, DeadLetters
from crossover.jobs.runner.output.identity import recorded
from crossover.jobs.runner.output.journal import UnwrittenJournal
from crossover.jobs.runner.plan import Job
from crossover.jobs.runner.refusals import is_elsewhere
from crossover.jobs.runner.runner import Runner
from crossover.jobs.runner.sample.drawing import draw, refuse_sample
from crossover.jobs.runner.sample.estimate import Estimate, estimate
from crossover.jobs.runner.sample.sample_source import SampleSource
from crossover.jobs.runner.tally import Tally

MOST_LINES, SECONDS = 1_000, 2.0  # of a sample, where no number is asked for


class Timed:
    """An executor that notes what lines take.

    Attributes:
        seconds: of each line that came back.

    Args:
        executor: that has the workers.
    """

    def __init__(self, executor: Any) -> None:
        self.seconds: list[float] = []
        self._executor = executor

    def __getattr__(self, name: str) -> Any:
        return getattr(self._executor, name)

    def submit_lines(self, function: str, lines: LinesToDo, timeout: float | None = None) -> Future[LinesDone]:
        """Submit a line."""
        future: Future[LinesDone] = self._executor.submit_lines(function, lines, timeout)
        future.add_done_callback(self._note)
        return future

    def _note(self, future: Future[LinesDone]) -> None:
        if not future.cancelled() and future.exception() is None:
            self.seconds.append(future.result()[4])


class DryRun(NamedTuple):
    """What a job would do.

    Attributes:
        job: what is asked for, with a transport.
        function: "module:function".
        place: of the input.
        workers: how many.
        total: lines of the input.
        done: how many are in the output.
        tally: of the sample.
        first_failure: of the sample; None: there is none.
        estimate: of all that is left; None: nothing of the sample came back.
    """

    job: Job
    function: str
    place: str
    workers: int
    total: int
    done: int
    tally: Tally
    first_failure: DeadLetter | None
    estimate: Estimate | None


def dry_run(asked: Job, held: ExitStack, run: Callable[[Callable[[], None]], Any]) -> DryRun:
    """Run a sample, and return what it tells.

    Args:
        asked: what is asked for.
        held: closes what was opened.
        run: calls what runs the sample.

    Raises:
        InputError, UsageError: something of it cannot be used.
    """
    job, read, identity = prepare(asked)
    refuse_sample(job, read, "--dry-run")
    if not job.force:
        refuse_another(job.output, recorded(job.output), identity)
    journal = UnwrittenJournal(Path(os.devnull) if job.force else job.output, values=job.rules.values)
    drawn = draw(read, job.sample or MOST_LINES, journal.done)
    executor, workers = start_executor(job, identity.function)
    held.callback(executor.shutdown, wait=hasattr(executor, "kill_workers"), cancel_futures=True)
    timed: Any = Timed(executor)
    sample = SampleSource(read, drawn, None if job.sample else SECONDS, lambda: bool(timed.seconds))
    letters = DeadLetters(None)
    rules = job.rules._replace(ordered=False, values=False)
    runner = Runner(timed, workers, identity.function, sample, journal.done, journal, letters, rules)
    run(runner.run)
    if is_elsewhere(job.transport):
        workers = max(1, len(runner.tally.workers))  # as many as there are: those of the sample
    left = drawn.total - journal.done.count
    found = estimate(timed.seconds, left, workers) if timed.seconds else None
    return DryRun(
        job,
        identity.function,
        read.place,
        workers,
        drawn.total,
        journal.done.count,
        runner.tally,
        letters.first,
        found,
    )
