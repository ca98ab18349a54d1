"""The workers of one executor: which there are, which are idle, which have to end."""

from __future__ import annotations

import time
from contextlib import suppress
from multiprocessing.context import BaseContext
from typing import NamedTuple

from crossover.jobs.processes.worker import WorkerSetup
from crossover.jobs.processes.worker_process import ENDS_WITHIN, WorkerProcess
from crossover.jobs.task import Task

HELD = 0.01  # seconds that a worker may be busy with one task while others are ahead of it


class Rules(NamedTuple):
    """How an executor treats its workers.

    Attributes:
        workers: how many, at most.
        context: how their processes start.
        setup: what a worker does.
        on_death: what becomes of the task of a worker that dies: fail, retry, break.
        shares_memory: whether large payloads travel through shared memory.
        ahead: how many calls may lie ahead of a worker that is fast; 0: it gets the next when it has answered.
    """

    workers: int
    context: BaseContext
    setup: WorkerSetup = WorkerSetup()
    on_death: str = "fail"
    shares_memory: bool = False
    ahead: int = 0


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
        """Return the tasks that workers have, or may take next."""
        return [task for worker in self.workers for task in worker.tasks]

    def is_busy(self) -> bool:
        """Return whether a worker has a task."""
        return any(worker.tasks for worker in self.workers)

    def is_full(self) -> bool:
        """Return whether there are as many as there may be."""
        return len(self.workers) >= self.rules.workers

    def fullest(self) -> WorkerProcess:
        """Return the worker that has most ahead."""
        return max(self.workers, key=lambda worker: len(worker.tasks))

    def held(self, now: float) -> list[WorkerProcess]:
        """Return the workers that have not been heard of for so long that others should do what is ahead of them."""
        return [worker for worker in self.workers if len(worker.tasks) > 1 and worker.since + HELD <= now]

    def times(self) -> list[float]:
        """Return when something is to be done about workers, in seconds of the monotonic clock."""
        ends = [worker.until for worker in self.workers if worker.until is not None]
        return ends + [worker.since + HELD for worker in self.workers if len(worker.tasks) > 1]

    def remove(self, worker: WorkerProcess) -> list[Task]:
        """Remove one that has ended; return the tasks that it had."""
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
