"""A job from its first line to the summary, however it ends."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from crossover.cli.exit_status import ExitStatus, write_message
from crossover.cli.outputs import Outputs, run_until_interrupted
from crossover.cli.running.script import forget_script
from crossover.cli.running.seen import Seen
from crossover.jobs.runner.job import open_job
from crossover.jobs.runner.output.journal import NotWrittenError
from crossover.jobs.runner.plan import Job
from crossover.jobs.runner.runner import Runner
from crossover.results.records import End
from workloads.base import InputError


def run_job(job: Job, outputs: Outputs, *, quiet: bool, metrics: int = 0) -> int:
    """Run a job, save and show what it has done; return the exit status.

    Args:
        job: what is asked for.
        outputs: where each format is written.
        quiet: show no progress.
        metrics: the port where figures are served; 0: none.

    Raises:
        CrossoverError, InputError: it cannot begin, or not go on.
    """
    outputs.check_inputs([str(one) for one in (job.output, job.failures) if one is not None])
    forget_script()
    with shown_messages(), ExitStack() as held:
        seen = Seen(outputs, held, quiet=quiet)
        runner = open_job(job, held)
        seen.begin(job, runner, metrics)
        return _run(runner, seen)


@contextmanager
def shown_messages() -> Iterator[None]:
    """Show meanwhile what jobs and executors have to say, as sentences of the command."""
    log, messages = logging.getLogger("crossover.jobs"), _Messages()
    log.addHandler(messages)
    try:
        yield
    finally:
        log.removeHandler(messages)


class _Messages(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        write_message(record.getMessage())


def _run(runner: Runner, seen: Seen) -> int:
    """Run it, and save and show what was done, whatever happens; return the exit status."""
    ending, written, interrupted, problem = End.BROKEN, False, False, ""
    try:
        interrupted = run_until_interrupted(lambda: _do_lines(runner, seen.look))
        ending = End.INTERRUPTED if interrupted else End.HALTED if runner.halted else End.FINISHED
    except NotWrittenError as error:
        ending, problem = End.NOT_WRITTEN, str(error)
    except InputError:
        ending = End.NOT_READ
        raise
    finally:
        written = seen.end(ending)
    if problem:
        write_message(f"{problem}; when there is room, the same command goes on")
        return ExitStatus.FAILED
    if interrupted:
        return ExitStatus.INTERRUPTED
    if runner.halted:
        write_message(f"{runner.halted}: nothing more began; the same command goes on")
        return ExitStatus.BREACHED
    if runner.source.ended and not runner.source.read:
        write_message(f"{runner.source.place} has no lines: there is nothing to do")
    tally = runner.tally
    return ExitStatus.FAILED if tally.failed or tally.failed_before or not written else ExitStatus.DONE


def _do_lines(runner: Runner, look: Callable[[], None]) -> None:
    """Do the sample, if there is one, and then the other lines."""
    if runner.sample is not None:
        runner.run_sample(look)
        write_message(f"the sample: {runner.tally.done:,} done, {runner.tally.failed:,} failed")
    runner.run(look)
