"""A job from its files to its workers: what is opened, in which order, and what is refused before anything runs."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

from crossover.contract.errors import UsageError
from crossover.contract.registry import parse
from crossover.contract.safety import Safety
from crossover.execution.host import usable_cores
from crossover.execution.users_modules import inspect_elsewhere
from crossover.jobs.executor import EXECUTORS, REMOTE, Executor
from crossover.jobs.runner.output.claim import claim_output, refuse_files, writing
from crossover.jobs.runner.output.dead_letters import DeadLetters
from crossover.jobs.runner.output.identity import Identity
from crossover.jobs.runner.output.journal import Journal
from crossover.jobs.runner.plan import Rules
from crossover.jobs.runner.runner import Runner
from crossover.jobs.runner.sources.request import InputRequest
from crossover.jobs.runner.sources.source import Source
from crossover.jobs.runner.worker_start import prepare_worker
from workloads.base import nearest
from workloads.catalogue import NAMES, current_folder, find_users_name
from workloads.user_modules import search_first, search_user_folders

WITHIN_PROCESS = ("serial", "threads")


class Job(NamedTuple):
    """What a person asks for.

    Attributes:
        function: as typed.
        transport: as typed.
        input: which input.
        output: path.
        failures: path of the dead letters; None: they are counted only.
        workers: how many; None: one for each usable core.
        safety: the level.
        rules: how lines are treated.
        force: whether an output that is not this job's is replaced.
    """

    function: str
    transport: str
    input: InputRequest
    output: Path
    failures: Path | None
    workers: int | None
    safety: Safety
    rules: Rules
    force: bool = False


def open_job(job: Job, held: ExitStack) -> Runner:
    """Return what runs a job; nothing of it has run.

    Args:
        job: what is asked for.
        held: closes what was opened.

    Raises:
        InputError, UsageError: something of it cannot be used.
    """
    refuse_transport(job.transport)
    refuse_files(job.input.path, job.output, job.failures)
    read = job.input.open()  # first: no module of the user's may read standard input
    function = function_of(job.function)
    identity = Identity(
        function=function,
        input=read.path,
        head=read.head,
        size=read.size,
        kind=read.kind,
        values=job.rules.values,
    )
    claim_output(job.output, job.failures, identity, held, force=job.force)
    journal = open_journal(job.output, held, values=job.rules.values)
    dead_letters = DeadLetters(None)
    if job.failures is not None:
        kept = open_journal(job.failures, held)
        journal.done.update(kept.done)
        dead_letters = DeadLetters(kept)
    executor, workers = start_executor(job)
    held.callback(executor.shutdown, cancel_futures=True)
    return Runner(executor, workers, function, Source(read), journal, dead_letters, job.rules)


def open_journal(path: Path, held: ExitStack, *, values: bool = False) -> Journal:
    """Return a journal.

    Raises:
        UsageError: it cannot be written, or is none of a job's.
    """
    with writing(path):
        journal = Journal(path, values=values)
    held.callback(journal.close)
    return journal


def function_of(typed: str) -> str:
    """Return the function that was typed, as "module:function"; a user's module is looked at in another process.

    Raises:
        InputError: it does not exist, or no worker could run it.
    """
    if typed in NAMES:
        return f"workloads.{typed}:run"
    users = find_users_name(typed, "function")
    search_first(users.folder)
    return inspect_elsewhere(users.reference, current_folder()).reference


def refuse_transport(typed: str) -> None:
    """Raise an error if no executor has a transport.

    Raises:
        UsageError: none has.
    """
    name = parse(typed).name
    if name not in EXECUTORS:
        raise UsageError(f"{name} cannot run jobs{nearest(name, [*EXECUTORS])}; allowed: {', '.join(EXECUTORS)}")


def start_executor(job: Job) -> tuple[Any, int]:
    """Return an executor, and how many workers it has, about.

    Raises:
        UsageError: it does not have what is asked for.
        CrossoverError: its server cannot be reached.
    """
    workers = job.workers or max(1, int(usable_cores()))
    name = parse(job.transport).name
    options: dict[str, Any] = {"safety": job.safety.value}
    if name in WITHIN_PROCESS:
        search_user_folders()  # there is no other process that could import the function
    elif name not in REMOTE:  # whose own workers begin like this, too
        options["initializer"] = prepare_worker
    try:
        return Executor(job.transport, workers, **options), workers
    except (ValueError, TypeError) as error:
        raise UsageError(str(error)) from None
