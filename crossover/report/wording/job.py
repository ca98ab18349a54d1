"""A job in words: what is done, what failed, where the time went, and what to type next."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from rich.text import Text

from crossover.report.wording.figures import coloured, duration, figure, plural
from crossover.results.job import JobResult, JobRun
from crossover.results.records import End

TIMES, WORKERS = "Where the time went", "Workers"
MOST_KINDS = 5  # of errors that are shown
MIB = 2**20
RETRY, BEGIN_AGAIN, ORDERED, VALUES = "--retry-failed", "--force", "--ordered", "--values"


def title(result: JobResult) -> str:
    """Return what the job is."""
    plan = result.plan
    return f"{plan.function} over {plan.transport}, {plural(plan.workers, 'worker')}"


def headline(result: JobResult, run: JobRun) -> str:
    """Return what was done, how long it took, and how fast it was."""
    done = f"{plural(run.done, 'line')} done in {duration(run.seconds)}"
    return f"{title(result)}: {done}{f', {figure(run.throughput)} tasks/s' if run.tasks else ''}"


def bad_news(result: JobResult, run: JobRun) -> Iterator[Text]:
    """Yield what failed, why, and what to type next."""
    if run.failed:
        yield coloured("bold red", f"{plural(run.failed, 'line')} failed.", _kept(result, run.failed))
        for one in run.errors[:MOST_KINDS]:
            more = f", and {one.lines - 1:,} more of this kind" if one.lines > 1 else ""
            yield Text(f"  line {one.first_line:,}: {one.first_error}{more}")
        if left := sum(one.lines for one in run.errors[MOST_KINDS:]):
            yield Text(f"  and {left:,} of other kinds")
    if run.failed_before:
        yield coloured(
            "bold red", f"{plural(run.failed_before, 'line')} had failed before.", _kept(result, run.failed_before)
        )
    if run.deaths:
        were = "was" if run.deaths == 1 else "were"
        dead = f"{plural(run.deaths, 'worker')} ended, or {were} killed, inside a line;"
        yield coloured("bold red", dead, "others went on.")
    if run.ending == End.INTERRUPTED:
        yield coloured("bold yellow", "Interrupted.", f"Go on with: {command(result)}")
    elif run.ending == End.HALTED:
        yield coloured("bold yellow", "Halted.", f"Go on with: {command(result)}")
    elif run.ending != End.FINISHED:
        yield coloured(
            "bold red", f"Not finished ({run.ending}).", f"When that is mended, go on with: {command(result)}"
        )


def _kept(result: JobResult, lines: int) -> str:
    plan = result.plan
    they, are, each = ("it", "It is", "it") if lines == 1 else ("them", "They are", "each of them")
    if VALUES in plan.command:
        null = f"null stands in {'its place' if lines == 1 else 'their places'}, and stays there"
        if plan.failures is None:
            return f"With {VALUES}, {null}; --failures FILE, with another output, keeps {each}, with its traceback."
        return f"{are} in {plan.failures}. With {VALUES}, {null}: to try {they} again, begin another output."
    if plan.failures is None:
        return f"The same command tries {they} again; --failures FILE keeps {each}, with its traceback."
    again = "" if RETRY in plan.command else f" {RETRY}"
    return f"{are} in {plan.failures}; to try {they} again: {command(result, ORDERED)}{again}"


def command(result: JobResult, *without: str) -> str:
    """Return the command line that goes on with the job.

    Args:
        result: of the job.
        without: options that it leaves out.
    """
    left_out = {BEGIN_AGAIN, *without}
    return shlex.join(["crossover", *(word for word in result.plan.command if word not in left_out)])


def sentences(run: JobRun) -> Iterator[str]:
    """Yield what else happened to lines."""
    if run.resumed:
        were = "was" if run.resumed == 1 else "were"
        yield f"{plural(run.resumed, 'line')} had been done before and {were} not run again."
    if run.retried:
        yield f"{plural(run.retried, 'time')} a line was tried again."
    passed_over = [f"{run.blank:,} blank"] if run.blank else []
    passed_over += [f"{run.skipped:,} that {'is' if run.skipped == 1 else 'are'} no JSON"] if run.skipped else []
    if passed_over:
        yield f"Passed over: {', '.join(passed_over)}."


def where_it_went(run: JobRun) -> Iterator[tuple[str, float, float]]:
    """Yield what took time, how many seconds, and which part of the time that it could have taken."""
    times, all_workers = run.times, run.seconds * run.workers
    yield "workers: in the function", times.function, min(1.0, times.function / all_workers)
    for what, seconds in (
        ("command: waiting for workers", times.waiting),
        ("command: waiting for retries, or for the rate", times.pausing),
        ("command: reading the input", times.reading),
        ("command: sending and receiving", times.sending),
        ("command: writing the output", times.writing),
        ("command: having it on the disk", times.syncing),
    ):
        yield what, seconds, min(1.0, seconds / run.seconds)


def cpu(run: JobRun) -> str:
    """Return what it took of CPU and memory."""
    each = ""
    if run.tasks and (spent := run.cpu_seconds.get("command", 0.0)):
        each = f", {duration(spent / run.tasks)} a line"
    times = " and ".join(f"{figure(seconds)} s in the {role}" for role, seconds in run.cpu_seconds.items())
    memory = f"the command had at most {figure(run.peak_rss_bytes / MIB)} MiB of memory"
    start = f"it took {duration(run.start_seconds)} to start"
    return f"CPU time: {times}{each}; {memory}, and {start}."
