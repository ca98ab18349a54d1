"""The workers of one executor: which there are, which are idle, which have to end."""

from __future__ import annotations

import time
from contextlib import suppress
from multiprocessing.context import BaseContext
from typing import NamedTuple

from crossover.jobs.processes.worker import WorkerSetup
from crossover.jobs.processes.worker_process import ENDS_WITHIN, WorkerProcess
from crossover.jobs.task import Task


class Rules(NamedTuple):
    """How an executor treats its workers.

    Attributes:
        workers: how many, at most.
        context: how their processes start.
        setup: what a worker does.
        on_death: what becomes of the task of a worker that dies: fail, retry, break.
        shares_memory: whether large payloads travel through shared memory.
    """

    workers: int
    context: BaseContext
    setup: WorkerSetup = WorkerSetup()
    on_death: str = "fail"
    shares_memory: bool = False


class Crew:
    """Bookkeeping; whoever changes it holds the lock of the dispatcher.

    Attributes:
        workers: all that live.
        idle: those that wait for a task.

    Args:
        rules: of the executor.
    """

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.workers: set[WorkerProcess] = set()
        self.idle: list[WorkerProcess] = []

    def start(self) -> WorkerProcess:
        """Start a worker, which is not one of the crew yet.

        Raises:
            Exception: no process can be started, or what the worker needs cannot be pickled.
        """
        return WorkerProcess(self.rules.context, self.rules.setup, shares_memory=self.rules.shares_memory)

    def tasks(self) -> list[Task]:
        """Return the tasks that workers have."""
        return [worker.task for worker in self.workers if worker.task is not None]

    def is_busy(self) -> bool:
        """Return whether a worker has a task."""
        return any(worker.task is not None for worker in self.workers)

    def remove(self, worker: WorkerProcess) -> Task | None:
        """Remove one that has ended; return the task that it had."""
        self.workers.discard(worker)
        with suppress(ValueError):
            self.idle.remove(worker)
        return worker.release()

    def late(self) -> list[WorkerProcess]:
        """Return the workers whose time is over."""
        now = time.monotonic()
        return [worker for worker in self.workers if worker.until is not None and worker.until <= now]

    def dismiss(self) -> list[WorkerProcess]:
        """Return all workers, and have none."""
        workers = list(self.workers)
        self.workers.clear()
        self.idle.clear()
        return workers


def end_all(workers: list[WorkerProcess], *, at_once: bool) -> None:
    """Ask workers to end, and kill those that do not: one that is stopped, or whose threads go on.

    Args:
        workers: to end.
        at_once: kill them without waiting.
    """
    for worker in workers:
        worker.ask_to_end()
    deadline = time.monotonic() + (0 if at_once else ENDS_WITHIN)
    for worker in workers:
        worker.end(max(0.0, deadline - time.monotonic()))
