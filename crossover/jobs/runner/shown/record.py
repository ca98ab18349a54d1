"""What a job has done, as the record that is saved and shown."""

from __future__ import annotations

import resource
from collections.abc import Sequence

from crossover.contract.text import masked, readable
from crossover.jobs.runner.plan import Job
from crossover.jobs.runner.runner import Runner
from crossover.jobs.runner.tally import Tally
from crossover.results.job import JobError, JobPlan, JobRun, JobTimes
from crossover.results.records import End

KIB = 1024


def plan_of(job: Job, runner: Runner, command: Sequence[str]) -> JobPlan:
    """Return what was to be done.

    Args:
        job: what was asked for.
        runner: that runs it.
        command: the command line.
    """
    return JobPlan(
        command=[masked(readable(word)) for word in command],
        function=runner.function,
        transport=masked(job.transport),
        safety=job.safety.value,
        workers=runner.workers,
        input=job.input.path,
        form=runner.source.form,
        output=str(job.output),
        failures=None if job.failures is None else str(job.failures),
    )


def run_of(plan: JobPlan, tally: Tally, start_seconds: float, cpu_seconds: float, ending: End) -> JobRun:
    """Return what was done.

    Args:
        plan: of the job.
        tally: its counts.
        start_seconds: that it took until the first line.
        cpu_seconds: that the command took.
        ending: how it ended.
    """
    done = tally.done - tally.too_early
    seconds, tasks = tally.seconds, done + tally.failed
    errors = [JobError(kind, one.lines, one.line, one.error) for kind, one in tally.errors.items()]
    return JobRun(
        transport=plan.transport,
        safety=plan.safety,
        workers=plan.workers,
        tasks=tasks,
        seconds=seconds,
        start_seconds=start_seconds,
        throughput=tasks / seconds if seconds else 0.0,
        done=done,
        failed=tally.failed,
        retried=tally.retried,
        resumed=tally.resumed,
        failed_before=tally.failed_before,
        skipped=tally.bad,
        blank=tally.blank,
        deaths=tally.deaths,
        times=JobTimes(
            function=tally.working,
            reading=tally.reading,
            sending=tally.sending,
            waiting=tally.waiting,
            pausing=tally.pausing,
            writing=tally.writing,
            syncing=tally.syncing,
        ),
        cpu_seconds={"function": tally.cpu, "command": cpu_seconds},
        peak_rss_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIB,
        lines_of=dict(tally.workers),
        ending=ending,
        errors=sorted(errors, key=lambda one: -one.lines),
    )
