"""What an executor has to do and who does it: the tasks that wait, the workers, the counts, under one lock."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable

from crossover.jobs.processes.crew import Crew, Rules
from crossover.jobs.processes.settling import again
from crossover.jobs.processes.worker_process import WorkerProcess
from crossover.jobs.task import Task


class Ledger:
    """Shared by those who submit tasks and the thread that looks after the workers.

    Attributes:
        lock: held for changes; no code of a user runs under it.
        pending: tasks that wait for a worker that is idle.
        first: tasks that have a worker of their own, which is to be started.
        crew: the workers.
        broken: why nothing can be done any more; None: it works.
        closing: whether nothing more is accepted.
        end: how workers are ended that start from now on; None: they are not.
        counts: what was done so far.
        looks_at: when the thread looks at the times of workers next, in seconds of the monotonic clock.

    Args:
        rules: of the executor.
    """

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.lock = threading.Lock()
        self.pending: deque[Task] = deque()
        self.first: deque[Task] = deque()
        self.crew = Crew(rules)
        self.broken: BaseException | None = None
        self.closing = False
        self.looks_at = math.inf
        self.end: Callable[[WorkerProcess], None] | None = None
        self.counts = dict.fromkeys(("done", "failed", "died", "timed_out", "started"), 0)

    def count(self, *, succeeded: bool) -> None:
        """A task is done, or has failed."""
        self.counts["done" if succeeded else "failed"] += 1

    def is_over(self) -> bool:
        """Return whether everything is done and nothing more is accepted."""
        if not self.closing:
            return False
        with self.lock:
            return not self.pending and not self.first and not self.crew.is_busy()

    def patience(self) -> float | None:
        """Return how many seconds the thread need not look at the times of workers; None: until it is woken."""
        with self.lock:
            ends = [worker.until for worker in self.crew.workers if worker.until is not None]
            self.looks_at = min(ends, default=math.inf)
        return max(0.0, self.looks_at - time.monotonic()) if ends else None

    def is_looked_at_too_late(self, worker: WorkerProcess) -> bool:
        """Return whether the time of a worker is over before the thread looks."""
        return worker.until is not None and worker.until < self.looks_at

    def give_to_new_workers(self) -> bool:
        """Let tasks that wait be the first of workers that are to be started; return whether there are any.

        The lock is held. Workers that end are counted until they have ended: no more live than were asked for.
        """
        while self.pending and len(self.crew.workers) + len(self.first) < self.rules.workers:
            task = self.pending.popleft()
            if task.begin():
                self.first.append(task)
        return bool(self.first)

    def make_do(self) -> bool:
        """There can be no more processes now: let the workers that live do all; return whether there are any."""
        with self.lock:
            if not self.crew.workers:
                return False
            self.pending.extendleft(reversed(self.first))
            self.first.clear()
            while self.pending and self.crew.idle:
                worker = self.crew.idle.pop()
                if not worker.take(self.pending.popleft()):
                    self.crew.idle.append(worker)
            return True

    def give_next(self, worker: WorkerProcess) -> Task | None:
        """Give a worker the next task that was not cancelled; return the one that it has done."""
        with self.lock:
            task = worker.release()
            if not worker.takes_more:
                worker.must_end()
                return task
            while self.pending:
                if worker.take(self.pending.popleft()):
                    return task
            self.crew.idle.append(worker)
            return task

    def try_again(self, task: Task) -> bool:
        """Let a task be the next one, unless nothing more is done; return whether it is."""
        with self.lock:
            if self.end is None:
                self.pending.appendleft(task)
            return self.end is None

    def break_down(self, error: BaseException, cause: BaseException | None, task: Task | None = None) -> None:
        """Nothing can be done any more: everything that waits or runs fails, each with an exception of its own."""
        with self.lock:
            error.__cause__ = cause
            self.broken, self.closing = error, True
            lost = [*([task] if task else []), *self.first, *self.pending, *self.crew.tasks()]
            self.pending.clear()
            self.first.clear()
            for worker in self.crew.workers:
                worker.release()
            self.counts["failed"] += len(lost)
        for each in lost:
            each.fail(again(error, cause))
