"""`crossover run --dry-run`: says what a job would do, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

from crossover.cli import streams
from crossover.cli.exit_status import ExitStatus
from crossover.cli.outputs import run_until_interrupted
from crossover.cli.running.job import shown_messages
from crossover.contract.text import masked, readable
from crossover.jobs.runner.dry_run import DryRun, dry_run
from crossover.jobs.runner.plan import Job
from crossover.jobs.runner.sample.drawing import SEED
from crossover.jobs.runner.sample.estimate import Estimate
from crossover.report.wording.figures import duration, plural

MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0
LONG = ((DAY, "days"), (HOUR, "h"), (MINUTE, "min"))
AT_LEAST = 2  # of a unit: 90 s are no 1.5 min


def rehearse(job: Job) -> ExitStatus:
    """Run a sample of a job, and say what the job would do.

    Raises:
        InputError, UsageError: something of it cannot be used.
    """
    interrupted = []
    with shown_messages(), ExitStack() as held:
        found = dry_run(job, held, lambda run: interrupted.append(run_until_interrupted(run)))
    if any(interrupted):
        return ExitStatus.INTERRUPTED
    streams.write_result("".join(f"{readable(sentence)}\n" for sentence in sentences(found)))
    return ExitStatus.FAILED if found.tally.failed else ExitStatus.DONE


def sentences(found: DryRun) -> Iterator[str]:
    """Yield what a job would do."""
    job, tally = found.job, found.tally
    workers = plural(found.workers, "worker")
    lines = plural(found.total, "line")
    yield f"{found.function} would be called with each of {lines} of {found.place}."
    yield f"It would run over {masked(job.transport)} with {workers}; values would be written to {job.output}."
    if found.done:
        yield f"{found.done:,} of the lines are in {job.output} already."
    tried = tally.done + tally.failed
    if not tried:
        yield "Nothing is left to do." if found.done >= found.total else "No line of the sample could be run."
    else:
        sample = f"{plural(tried, 'line')}, drawn over the whole input with seed {SEED}"
        yield f"A sample of {sample}, has run: {_failed(found)}."
    if tally.bad or tally.blank:
        yield f"Of the sample, {tally.bad:,} could not be read and {tally.blank:,} were blank."
    if found.estimate is not None:
        yield f"All that is left would take {_time(found.estimate)}."
    yield "Nothing was written."


def _failed(found: DryRun) -> str:
    first = found.first_failure
    if first is None:
        return "none failed"
    return f"{found.tally.failed:,} failed, the first one in line {first.line:,}: {first.error}"


def _time(estimate: Estimate) -> str:
    if estimate.low is None or estimate.high is None:
        return f"about {long_duration(estimate.seconds)}; one line does not tell how much that varies"
    low, high = long_duration(estimate.low), long_duration(estimate.high)
    return f"about {long_duration(estimate.seconds)} (95 % interval: {low} to {high})"


def long_duration(seconds: float) -> str:
    """Return a time in days, hours, minutes or less."""
    for unit, name in LONG:
        if seconds >= AT_LEAST * unit:
            return f"{seconds / unit:.1f} {name}"
    return duration(seconds)
