"""What a transport, or a pair of options, cannot do is refused before anything runs."""

from __future__ import annotations

from urllib.parse import parse_qs, parse_qsl

from crossover.contract.errors import UsageError
from crossover.contract.registry import FAMILIES
from crossover.contract.text import masked
from crossover.jobs.executor import EXECUTORS, REMOTE
from crossover.jobs.runner.plan import Job
from workloads.base import nearest


def name_of(transport: str) -> str:
    """Return the name in a transport as it is typed."""
    return transport.partition(":")[0].partition("?")[0]


def is_within_process(transport: str) -> bool:
    """Return whether the workers of a transport are threads of the command."""
    return name_of(transport) in {"serial", "threads"}


def is_elsewhere(transport: str) -> bool:
    """Return whether a transport has workers that others have started."""
    return parse_qs(transport.partition("?")[2]).get("workers") == ["external"]


def refuse_transport(typed: str) -> None:
    """Raise an error if no executor has a transport, or it has no options and one is typed.

    Raises:
        UsageError: it is so.
    """
    name = name_of(typed)
    if name not in EXECUTORS:
        meant = nearest(name, [*EXECUTORS], FAMILIES)
        raise UsageError(f"{name} cannot run jobs{meant}; allowed: {', '.join(EXECUTORS)}")
    if name not in REMOTE and typed != name:
        workers = next((value for option, value in parse_qsl(typed.partition("?")[2]) if "worker" in option), "N")
        how = f"type {name}, and -w {workers} for the number of workers"
        raise UsageError(f"in a job {name} has no server and no options in its name, not {masked(typed)!r}: {how}")


def refuse_limits(job: Job) -> None:
    """Raise an error if the workers cannot be limited as the user says.

    Raises:
        UsageError: they cannot.
    """
    name = name_of(job.transport)
    limits = {"--memory-per-worker": job.memory, "--nice": job.nice}
    for option in (option for option, value in limits.items() if value):
        if is_within_process(job.transport):
            raise UsageError(f"{option}: {name} has no worker processes: use pool")
        if is_elsewhere(job.transport):
            raise UsageError(f"{option}: {name} has workers that others have started: limit them where they start")
    if any(job.rules.task_timeout) and is_within_process(job.transport):
        raise UsageError(f"--task-timeout: {name} has no worker process that could be killed: use pool")


def refuse_retry_on(job: Job) -> None:
    """Raise an error if errors are named after which a line is tried again, and none is.

    Raises:
        UsageError: it is so.
    """
    if job.rules.retry_on and not job.rules.retries:
        raise UsageError("--retry-on says after which errors a line is tried again: say how often, as --retries 3")


def refuse_retry_failed(job: Job) -> None:
    """Raise an error if lines that failed should be done again, and cannot be.

    Raises:
        UsageError: it is so.
    """
    if not job.retry_failed:
        return
    if job.failures is None:
        raise UsageError("--retry-failed does the lines in the file that --failures names: name it")
    if job.rules.values:
        raise UsageError(
            "--retry-failed: with --values, null stands in the place of a line that has failed, and stays there; "
            "leave --values out, and begin another output"
        )
    if job.rules.ordered:
        raise UsageError(
            "--retry-failed appends what now succeeds, which is not in the order of the input: leave --ordered out"
        )
