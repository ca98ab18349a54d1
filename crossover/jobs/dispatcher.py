"""Gives tasks to workers, over a pipe of its own to each."""

from __future__ import annotations

import os
import selectors
import threading
from collections.abc import Callable, Sequence
from concurrent.futures.process import BrokenProcessPool

from crossover.jobs import at_exit
from crossover.jobs.processes.crew import Rules
from crossover.jobs.processes.ledger import Ledger
from crossover.jobs.processes.loop import Loop
from crossover.jobs.processes.settling import again
from crossover.jobs.processes.waker import Waker
from crossover.jobs.processes.worker_process import WorkerProcess, signal_worker
from crossover.jobs.task import Task

__all__ = ["Dispatcher", "Rules", "again"]


class Dispatcher:
    """Owns the workers of one executor, and the thread that looks after them.

    Attributes:
        pid: of the process that it belongs to.
        ledger: its tasks and workers.
        thread: looks after the workers; None: there was no task yet.

    Args:
        rules: of the executor.
    """

    def __init__(self, rules: Rules) -> None:
        self.pid = os.getpid()
        self._waker = Waker()
        self.ledger = Ledger(rules, self._waker.wake)
        self.thread: threading.Thread | None = None
        at_exit.finish_at_exit(self)

    @property
    def broken(self) -> BaseException | None:
        """Why nothing can be done any more; None: it works."""
        return self.ledger.broken

    @property
    def closing(self) -> bool:
        """Whether nothing more is accepted."""
        return self.ledger.closing

    @property
    def counts(self) -> dict[str, int]:
        """What was done so far: done, failed, died, timed out, workers started."""
        return self.ledger.counts

    def submit(self, task: Task) -> None:
        """Give a task to an idle worker, or let it wait.

        Raises:
            BrokenExecutor: nothing can be done any more.
            RuntimeError: nothing more is accepted, here or in this process.
        """
        ledger = self.ledger
        self.refuse()
        with ledger.lock:
            self.refuse()
            task.number = next(ledger.numbers)
            if ledger.rules.ahead:
                task.keeper = ledger
            if self.thread is None:
                self._start_thread()
            if ledger.crew.idle and not ledger.pending:
                worker = ledger.crew.idle.pop()
                if not worker.take(task):
                    ledger.crew.idle.append(worker)
                wanted = worker.has_unsent or ledger.is_looked_at_too_late(worker)
            else:
                ledger.pending.append(task)
                wanted = ledger.give_to_new_workers()
        if wanted:
            self._waker.wake()

    def submit_all(self, tasks: Sequence[Task]) -> None:
        """Give tasks to idle workers, and let the others wait.

        Raises:
            BrokenExecutor, RuntimeError: as `submit` does; none of them is accepted.
        """
        ledger = self.ledger
        with ledger.lock:
            self.refuse()
            for task in tasks:
                task.number = next(ledger.numbers)
                task.keeper = ledger if ledger.rules.ahead else None
            if self.thread is None:
                self._start_thread()
            ledger.add(tasks)
        self._waker.wake()

    def withdraw(self, keep: int, which: Callable[[Task], bool]) -> list[Task]:
        """Let tasks wait no more that no worker has had, and return them.

        Args:
            keep: how many stay, in any case: those that are next.
            which: says of each other one whether it is withdrawn.
        """
        with self.ledger.lock:
            return self.ledger.withdraw(keep, which)

    def refuse(self) -> None:
        """Raise an error if a task would not be accepted.

        Raises:
            BrokenExecutor: nothing can be done any more.
            RuntimeError: nothing more is accepted, here or in this process.
        """
        if self.pid != os.getpid():
            raise RuntimeError(
                f"this executor belongs to process {self.pid}: make another one in the process that was forked"
            )
        if self.broken:
            raise again(self.broken, self.broken.__cause__)
        at_exit.refuse_at_exit()
        if self.closing:
            raise RuntimeError("cannot schedule new futures after shutdown")

    def close(self, *, cancel: bool = False) -> None:
        """Accept nothing more; what waits is done, or cancelled."""
        if self.pid != os.getpid():
            return
        ledger = self.ledger
        dropped: list[Task] = []
        with ledger.lock:
            ledger.closing = True
            if cancel:
                dropped = ledger.recall_all()
        for task in dropped:
            task.drop()
        self._waker.wake()

    def let_go(self) -> None:
        """The executor is gone: accept nothing more. The garbage collector calls this, maybe where the lock is held."""
        if self.pid == os.getpid():
            self.ledger.closing = True
            self._waker.wake()

    def join(self) -> None:
        """Wait for the end of all tasks and workers; in a callback, which the thread itself runs, return at once."""
        thread = self.thread
        if thread is not None and thread is not threading.current_thread() and self.pid == os.getpid():
            thread.join()

    def is_busy(self) -> bool:
        """Return whether tasks run, or have a worker that starts."""
        with self.ledger.lock:
            return bool(self.ledger.first) or self.ledger.crew.is_busy()

    def signal_workers(self, end: Callable[[WorkerProcess], None]) -> None:
        """End all workers, also those that are starting: what runs fails, and what waits is cancelled."""
        self.close(cancel=True)
        if self.pid != os.getpid():
            return
        ledger = self.ledger
        with ledger.lock:
            ledger.end = end
            workers = list(ledger.crew.workers)
            lost = [*ledger.first, *ledger.pending]
            ledger.first.clear()
            ledger.pending.clear()
        for worker in workers:
            signal_worker(end, worker)
        for task in lost:
            task.fail(BrokenProcessPool("the workers were ended before one could do the task"))
        self._waker.wake()

    def numbers(self) -> dict[str, int]:
        """Return how many tasks wait, run, are done and failed, and what happened to workers."""
        ledger = self.ledger
        workers = list(ledger.crew.workers)
        running = sum(bool(worker.tasks) for worker in workers)
        pending = len(ledger.pending) + sum(len(worker.tasks) for worker in workers) - running
        return {"workers": len(workers), "pending": pending, "running": running + len(ledger.first)} | ledger.counts

    def _start_thread(self) -> None:
        selector = selectors.DefaultSelector()
        selector.register(self._waker.open(), selectors.EVENT_READ)
        thread = threading.Thread(target=self._run, args=(selector,), name="crossover executor", daemon=True)
        try:
            thread.start()
        except BaseException:
            selector.close()
            self._waker.close()
            raise
        self.thread = thread

    def _run(self, selector: selectors.BaseSelector) -> None:
        """Look after the workers; this thread keeps the dispatcher alive, also when its executor is gone."""
        try:
            Loop(self.ledger, selector, self._waker.drain).run()
        finally:
            selector.close()
            self._waker.close()
