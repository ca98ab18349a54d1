"""What an executor has to do and who does it: the tasks that wait, the workers, the counts, under one lock."""

from __future__ import annotations

import itertools
import math
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

from crossover.jobs.processes.channel import CHUNK
from crossover.jobs.processes.crew import Crew, Rules
from crossover.jobs.processes.settling import again
from crossover.jobs.processes.tickets import MOST
from crossover.jobs.processes.worker_process import WorkerProcess
from crossover.jobs.task import Task


class Ledger:
    """Shared by those who submit and cancel tasks and the thread that looks after the workers.

    Attributes:
        pid: of the process that it belongs to.
        lock: held for changes; no code of a user runs under it.
        pending: tasks that wait for a worker that is idle.
        unwanted: tasks that the thread is to cancel.
        numbers: of the tasks to come.
        first: tasks that have a worker of their own, which is to be started.
        crew: the workers.
        broken: why nothing can be done any more; None: it works.
        closing: whether nothing more is accepted.
        end: how workers are ended that start from now on; None: they are not.
        counts: what was done so far.
        looks_at: when the thread looks at the times of workers next, in seconds of the monotonic clock.

    Args:
        rules: of the executor.
        wake: wakes the thread.
    """

    def __init__(self, rules: Rules, wake: Callable[[], None]) -> None:
        self.pid = os.getpid()
        self.rules = rules
        self.lock = threading.RLock()
        self._wake = wake
        self.pending: deque[Task] = deque()
        self.unwanted: deque[Task] = deque()
        self.numbers = itertools.count()
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
            self.looks_at = min(self.crew.times(), default=math.inf)
        return None if self.looks_at == math.inf else max(0.0, self.looks_at - time.monotonic())

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

    def add(self, tasks: Sequence[Task]) -> None:
        """Let tasks wait, or idle workers have them; the lock is held."""
        self.pending.extend(tasks)
        while self.pending and self.crew.idle:
            worker = self.crew.idle.pop()
            self._fill(worker)
            if not worker.tasks:
                self.crew.idle.append(worker)

    def withdraw(self, keep: int, which: Callable[[Task], bool]) -> list[Task]:
        """Remove tasks that wait, and that no worker has had, and return them; the lock is held.

        Args:
            keep: how many stay, in any case: those that are next.
            which: says of each other one whether it is removed.
        """
        waiting = [task for task in self.pending if not task.begun][keep:]
        found = {id(task): task for task in waiting if which(task)}
        self.pending = deque(task for task in self.pending if id(task) not in found)
        return [*found.values()]

    def make_do(self) -> bool:
        """There can be no more processes now: let the workers that live do all; return whether there are any."""
        with self.lock:
            if not self.crew.workers:
                return False
            self.pending.extendleft(reversed(self.first))
            self.first.clear()
            self.add([])
            return True

    def done(self, worker: WorkerProcess, count: int) -> deque[Task]:
        """A worker has done a number of tasks, and begins the next; return them."""
        with self.lock:
            return worker.done(count)

    def give_next(self, worker: WorkerProcess) -> None:
        """Give a worker the next tasks that were not cancelled, also those that are ahead of another one."""
        with self.lock:
            if not worker.takes_more:
                self._wait_again(worker.take_back())
                worker.must_end()
                return
            self._fill(worker)
            if not worker.tasks and self.rules.ahead:
                self._wait_again(self.crew.fullest().take_back())
                self._fill(worker)
            if not worker.tasks:
                self.crew.idle.append(worker)

    def take_back_held(self) -> None:
        """Let any worker do what is ahead of one that is busy for long."""
        with self.lock:
            held = self.crew.held(time.monotonic())
            for worker in held:
                worker.most_ahead //= 2
            self._wait_again([task for worker in held for task in worker.take_back()])

    def recall(self, task: Task) -> bool:
        """See that no worker takes a task before its future says so; return whether it may be cancelled now."""
        if self.pid != os.getpid():  # the copy in a process that was forked: its future is nobody's business
            return True
        if self.lock._is_owned():  # type: ignore[attr-defined]  # noqa: SLF001 - no public way tells
            self.unwanted.append(task)  # the garbage collector has closed a map in the middle of our own work
            self._wake()
            return False
        with self.lock:
            task.is_recalled = not task.begun
            if task.ahead_of is not None:
                self._wait_again(task.ahead_of.take_back())
                return task.ahead_of is None
        return True

    def recall_all(self) -> list[Task]:
        """Return all tasks that no worker has taken, and that nobody does now."""
        with self.lock:
            self._wait_again([task for worker in self.crew.workers for task in worker.take_back()])
            dropped = [task for task in self.pending if not task.begun]
            self.pending = deque(task for task in self.pending if task.begun)  # are tried again
            return dropped

    def try_again(self, tasks: list[Task]) -> bool:
        """Let tasks be the next ones, unless nothing more is done; return whether they are."""
        with self.lock:
            if self.end is None:
                self._wait_again(tasks)
            return self.end is None

    def _fill(self, worker: WorkerProcess) -> None:
        """Give a worker a task to do if it has none, and others ahead: more where it has done all that it had."""
        given: list[Task] = []
        while self.pending and not worker.tasks and not given:
            task = self.pending.popleft()
            if task.begin():
                given.append(task)
        if self.rules.ahead and self.crew.is_full() and not self.first:
            self._add_ahead(worker, given)
        if given:
            worker.send(given)

    def _add_ahead(self, worker: WorkerProcess, given: list[Task]) -> None:
        if given:
            worker.most_ahead = min(self.rules.ahead, 2 * worker.most_ahead or 1)
        has = [*worker.tasks, *given]
        room = min(worker.most_ahead, len(self.pending) // len(self.crew.workers)) + 1 - len(has)
        if worker.has_unsent or worker.tickets.passed + room > MOST or any(task.within for task in has):
            return
        size = sum(len(task.message) for task in given)
        while self.pending and room > 0:
            task = self.pending[0]
            size += len(task.message)
            if size > CHUNK or task.within:
                return
            self.pending.popleft()
            if not task.is_recalled or task.begin():
                given.append(task)
                room -= 1

    def _wait_again(self, tasks: list[Task]) -> None:
        self.pending.extendleft(sorted(tasks, key=lambda task: task.number, reverse=True))

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
