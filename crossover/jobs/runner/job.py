"""A job from its files to its workers: what is opened, in which order, and what is refused before anything runs."""

from __future__ import annotations

import logging
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

from crossover.contract.errors import BrokenError, UnusableError, UsageError
from crossover.execution.users_modules import inspect_elsewhere
from crossover.jobs.arguments import worker_count
from crossover.jobs.executor import EXECUTORS, REMOTE, Executor
from crossover.jobs.lines import do_lines
from crossover.jobs.processes.fork_server import start_fork_server
from crossover.jobs.runner.numbers import AllBut, Skipped
from crossover.jobs.runner.output.claim import claim, refuse_files, writing
from crossover.jobs.runner.output.dead_letters import DeadLetters, attempts_in, remove_done
from crossover.jobs.runner.output.identity import Identity
from crossover.jobs.runner.output.journal import Journal, numbers_in
from crossover.jobs.runner.plan import AUTO, Job
from crossover.jobs.runner.refusals import (
    is_elsewhere,
    is_within_process,
    name_of,
    refuse_limits,
    refuse_retry_failed,
    refuse_retry_on,
    refuse_transport,
)
from crossover.jobs.runner.runner import Runner
from crossover.jobs.runner.sample.drawing import draw, refuse_sample
from crossover.jobs.runner.sample.sample_source import SampleSource
from crossover.jobs.runner.sources.input import Input
from crossover.jobs.runner.sources.source import Source
from crossover.jobs.runner.worker_start import prepare_worker
from workloads.catalogue import NAMES, current_folder, find_users_name
from workloads.user_modules import search_first, search_user_folders

LOCAL = {name for name in EXECUTORS if name not in REMOTE and not is_within_process(name)}
"""Transports whose workers are forked from a process of the command's."""
WORKER_START = (prepare_worker.__module__, do_lines.__module__)

log = logging.getLogger(__name__)


class Prepared(NamedTuple):
    """A job that can be run, of which nothing is open that is written.

    Attributes:
        job: what is asked for, with a transport.
        read: its input.
        identity: what it is known by.
    """

    job: Job
    read: Input
    identity: Identity


def prepare(job: Job) -> Prepared:
    """See that a job can be run; what is chosen for it is logged.

    Raises:
        InputError, UsageError: something of it cannot be used.
    """
    if job.transport != AUTO:
        refuse_transport(job.transport)
    refuse_limits(job)
    refuse_retry_on(job)
    refuse_retry_failed(job)
    refuse_files(job.input.path, job.output, job.failures)
    read = job.input.open()  # first: no module of the user's may read standard input
    if job.sample:
        refuse_sample(job, read, "--sample")
    function = function_of(job.function, job.transport)
    if job.transport == AUTO:
        from crossover.jobs.runner.sample.auto import choose, look_at  # noqa: PLC0415 - imported on use

        choice = choose(look_at(function, read.form, read.beginning()), job, worker_count(None))
        log.warning(choice.in_words())
        job = job._replace(transport=choice.transport, workers=choice.workers)
    identity = Identity(
        function=function,
        input=read.path,
        head=read.head,
        size=read.size,
        kind=read.read_as,
        values=job.rules.values,
    )
    return Prepared(job, read, identity)


def open_job(asked: Job, held: ExitStack) -> Runner:
    """Return what runs a job; nothing of it has run.

    Args:
        asked: what is asked for.
        held: closes what was opened.

    Raises:
        InputError, UsageError: something of it cannot be used.
    """
    job, read, identity = prepare(asked)
    claim(job.output, identity, held, force=job.force)
    with writing(job.output):
        journal = Journal(job.output, values=job.rules.values)
    held.callback(journal.close)
    skip: Skipped = journal.done
    dead_letters = DeadLetters(None)
    if job.failures is not None:
        claim(job.failures, identity, held, force=job.force)
        with writing(job.failures):
            skip, dead_letters = open_failures(job.failures, job, journal, held)
    sample = SampleSource(read, draw(read, job.sample, skip)) if job.sample else None
    executor, workers = start_executor(job, identity.function)
    held.callback(executor.shutdown, wait=hasattr(executor, "kill_workers"), cancel_futures=True)
    source = Source(read)
    return Runner(executor, workers, identity.function, source, skip, journal, dead_letters, job.rules, sample)


def open_failures(path: Path, job: Job, output: Journal, held: ExitStack) -> tuple[Skipped, DeadLetters]:
    """Return the lines that are not to be done, and the file of the others that fail.

    Raises:
        OSError: the file cannot be written.
    """
    Journal(path).close()  # cuts a torn line
    if not job.rules.values:  # where null stands for a line that has failed
        remove_done(path, output.done)
    kept = Journal(path)
    held.callback(kept.close)
    if job.retry_failed:
        held.callback(lambda: remove_done(path, numbers_in(job.output)))
        return AllBut(kept.done), DeadLetters(kept, attempts_in(path))
    output.done.update(kept.done)
    return output.done, DeadLetters(kept, left=kept.done.count)


def function_of(typed: str, transport: str) -> str:
    """Return the function that was typed, as "module:function"; a user's module is looked at in another process.

    Meanwhile the process starts from which workers are forked.

    Args:
        typed: the function.
        transport: as typed, or auto.

    Raises:
        InputError: it does not exist, or no worker could run it.
    """
    users = None if typed in NAMES else find_users_name(typed, "function")
    if users is not None:
        search_first(users.folder)
    if name_of(transport) in LOCAL:
        start_fork_server(*WORKER_START)
    if users is None:
        return f"workloads.{typed}:run"
    return inspect_elsewhere(users.reference, current_folder()).reference


def start_executor(job: Job, function: str) -> tuple[Any, int]:
    """Return an executor, and how many workers it has, about.

    Args:
        job: what is asked for.
        function: "module:function".

    Raises:
        UsageError: it does not have what is asked for.
        UnusableError: its server cannot be reached, or started.
    """
    workers = worker_count(job.workers)
    transport, options = job.transport, dict[str, Any](safety=job.safety.value)
    if is_within_process(transport):
        search_user_folders()  # there is no other process that could import the function
        if name_of(transport) == "serial":
            transport, workers = "threads", 1  # so that this one can be interrupted
    elif not is_elsewhere(transport):
        options |= {"initializer": prepare_worker, "initargs": (function, job.nice)}
        options["max_memory_per_child"] = job.memory
    else:
        options["await_workers"] = None  # who waits is told which command starts one
    try:
        return Executor(transport, workers, **options), workers
    except (ValueError, TypeError) as error:
        raise UsageError(str(error)) from None
    except BrokenError as error:
        raise UnusableError(str(error)) from None
