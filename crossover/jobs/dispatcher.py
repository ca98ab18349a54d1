"""The thread that gives tasks to workers: one at a time to each, over a pipe of its own."""

from __future__ import annotations

import os
import pickle
import selectors
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from contextlib import suppress
from multiprocessing.context import BaseContext
from typing import NamedTuple

from crossover.jobs.at_exit import finish_at_exit
from crossover.jobs.errors import TaskTimeoutError, WorkerDiedError
from crossover.jobs.outcomes import CANNOT_START, ERROR, READY, VALUE, read_error
from crossover.jobs.task import Task
from crossover.jobs.worker import LAST, WorkerSetup
from crossover.jobs.worker_process import WorkerProcess

ENDS_WITHIN = 5.0  # seconds in which a worker ends that was asked to; then it is killed
MOST_TRIES = 3  # workers that may die with one task, where it is tried again


class Rules(NamedTuple):
    """How an executor treats its workers.

    Attributes:
        workers: how many, at most.
        context: how their processes start.
        setup: what a worker does.
        on_death: what becomes of the task of a worker that dies: fail, retry, break.
    """

    workers: int
    context: BaseContext
    setup: WorkerSetup = WorkerSetup()
    on_death: str = "fail"


class Dispatcher:
    """Owns the workers of one executor.

    Attributes:
        broken: why nothing can be done any more; None: it works.
        closing: whether nothing more is accepted.
        counts: what was done so far: done, failed, died, timed out, workers started.

    Args:
        rules: of the executor.
    """

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.broken: BaseException | None = None
        self.closing = False
        self.lock = threading.Lock()
        self.pending: deque[Task] = deque()  # wait for a worker that is idle
        self.first: deque[Task] = deque()  # have a worker of their own, which is to be started
        self.workers: set[WorkerProcess] = set()
        self.idle: list[WorkerProcess] = []
        self.counts = dict.fromkeys(("done", "failed", "died", "timed_out", "started"), 0)
        self.pid = os.getpid()
        self.thread: threading.Thread | None = None
        self._selector = selectors.DefaultSelector()
        self._awake, self._waker = os.pipe()
        os.set_blocking(self._waker, False)
        os.set_blocking(self._awake, False)
        self._selector.register(self._awake, selectors.EVENT_READ)
        finish_at_exit(self)

    def submit(self, task: Task) -> None:
        """Give a task to an idle worker, or let it wait."""
        with self.lock:
            if self.thread is None:
                self.thread = threading.Thread(target=self._run, name="crossover executor", daemon=True)
                self.thread.start()
            if self.idle and not self.pending:
                self.idle.pop().take(task)
                if task.within is not None:
                    self.wake()  # it waits for longer than the task may take
                return
            self.pending.append(task)
            wanted = self._give_to_new_workers()
        if wanted:
            self.wake()

    def close(self, *, cancel: bool = False) -> None:
        """Accept nothing more; what waits is done, or cancelled."""
        with self.lock:
            self.closing = True
            dropped = list(self.pending) if cancel else []
            if cancel:
                self.pending.clear()
        for task in dropped:
            task.cancel()
        self.wake()

    def join(self) -> None:
        """Wait for the end of all tasks and workers; in a callback, which the thread itself runs, return at once."""
        if self.thread is not None and self.thread is not threading.current_thread():
            self.thread.join()

    def signal_workers(self, end: Callable[[WorkerProcess], None]) -> None:
        """End all workers that live now; their tasks fail."""
        with self.lock:
            workers = list(self.workers)
        for worker in workers:
            with suppress(ProcessLookupError, ValueError):
                end(worker)

    def wake(self) -> None:
        """Let the thread look at what has changed."""
        with suppress(BlockingIOError, OSError):
            os.write(self._waker, b"x")

    def _run(self) -> None:
        try:
            while not self._is_over():
                self._start_workers()
                for key, _ in self._selector.select(self._patience()):
                    if key.data is None:
                        with suppress(BlockingIOError):
                            os.read(self._awake, 2**16)
                    elif key.data in self.workers:
                        self._serve(key.data, ended=key.fd == key.data.sentinel)
                self._end_late()
        except BaseException as error:  # a fault of ours: nobody may wait for ever because of it
            self._break(BrokenExecutor(f"the executor failed: {error!r}"), error)
            raise
        finally:
            self._stop_workers()

    def _is_over(self) -> bool:
        with self.lock:
            busy = any(worker.task for worker in self.workers)
            return self.closing and not self.pending and not self.first and not busy

    def _give_to_new_workers(self) -> bool:
        """Let tasks that wait be the first of workers that are to be started; return whether there are any."""
        while self.pending and len(self.workers) + len(self.first) < self.rules.workers:
            task = self.pending.popleft()
            if task.begin():
                self.first.append(task)
        return bool(self.first)

    def _start_workers(self) -> None:
        """Start a worker for each task that has none yet."""
        with self.lock:
            self._give_to_new_workers()
        while self.first:
            worker = WorkerProcess(self.rules.context, self.rules.setup)
            self._selector.register(worker.connection, selectors.EVENT_READ, worker)
            self._selector.register(worker.sentinel, selectors.EVENT_READ, worker)
            with self.lock:
                self.workers.add(worker)
                self.counts["started"] += 1
                worker.take(self.first.popleft())

    def _patience(self) -> float | None:
        """Return how long nothing needs to be looked at, in seconds."""
        with self.lock:
            ends = [worker.until for worker in self.workers if worker.until is not None]
        return max(0.0, min(ends) - time.monotonic()) if ends else None

    def _end_late(self) -> None:
        """Kill the workers whose tasks take longer than they may."""
        now = time.monotonic()
        with self.lock:
            late = [worker for worker in self.workers if worker.until is not None and worker.until <= now]
        for worker in late:
            worker.until, worker.timed_out = None, True
            worker.kill()

    def _serve(self, worker: WorkerProcess, *, ended: bool) -> None:
        """Read what a worker has sent; where it has ended, everything that is left."""
        while worker.connection.poll() if ended else True:
            try:
                message = worker.connection.recv_bytes()
            except (EOFError, OSError):
                break
            self._read(worker, message)
            if not ended:
                return
        if worker in self.workers:
            self._bury(worker)

    def _read(self, worker: WorkerProcess, message: bytes) -> None:
        kind = message[:1]
        if kind == READY:
            worker.is_starting = False
            worker.start_clock()
            return
        if kind == LAST:
            worker.is_last = True
            return
        if kind == CANNOT_START:
            worker.refusal = message[1:]  # it may still be writing to a log: what waits fails when it has ended
            worker.until = time.monotonic() + ENDS_WITHIN
            return
        task = worker.task
        self._give_next(worker)
        if task is not None and kind in {VALUE, ERROR}:
            self._settle(task, kind, message)

    def _give_next(self, worker: WorkerProcess) -> None:
        """Give a worker the next task that was not cancelled; before the outcome of the last one is looked at."""
        with self.lock:
            worker.release()
            if worker.is_last or 0 < self.rules.setup.limits.tasks <= worker.done:
                return
            while self.pending:
                if worker.take(self.pending.popleft()):
                    return
            self.idle.append(worker)

    def _settle(self, task: Task, kind: bytes, message: bytes) -> None:
        try:
            if kind == VALUE:
                value = pickle.loads(memoryview(message)[1:])
                self.counts["done"] += 1
                task.future.set_result(value)
            else:
                self.counts["failed"] += 1
                task.fail(read_error(message[1:]))
        except BaseException as error:  # its value cannot be read here
            self.counts["failed"] += 1
            task.fail(error)

    def _bury(self, worker: WorkerProcess) -> None:
        """A worker has ended: its task fails, or is tried again; another worker is started where one is needed."""
        self._selector.unregister(worker.connection)
        self._selector.unregister(worker.sentinel)
        with self.lock:
            self.workers.discard(worker)
            with suppress(ValueError):
                self.idle.remove(worker)
            task = worker.release()
        error = WorkerDiedError(worker.how_it_ended(), worker.pid, worker.exit_code)
        by_itself = not worker.signalled
        worker.close()
        if worker.is_last and task is None:
            return
        if worker.refusal:
            failed = BrokenExecutor("an initializer failed: a worker could not start")
            self._break(failed, read_error(worker.refusal), [task] if task else [])
            return
        if not worker.is_last or task:
            self.counts["died"] += 1
        if worker.timed_out and task is not None:
            self.counts["timed_out"] += 1
            task.fail(TaskTimeoutError(f"the task took longer than {task.within:g} s; its worker was killed"))
            return
        if self.rules.on_death == "break" or (worker.is_starting and by_itself):
            self._break(error, None, [task] if task else [])
        elif task is not None:
            task.tries += 1
            if self.rules.on_death == "retry" and task.tries < MOST_TRIES:
                with self.lock:
                    self.pending.appendleft(task)
            else:
                task.fail(error)

    def _break(self, error: BaseException, cause: BaseException | None, tasks: list[Task] | None = None) -> None:
        """Nothing can be done any more: everything that waits fails, each with an exception of its own."""
        with self.lock:
            self.broken, self.closing = error, True
            lost = [
                *(tasks or []),
                *self.first,
                *self.pending,
                *(worker.task for worker in self.workers if worker.task),
            ]
            self.pending.clear()
            self.first.clear()
            for worker in self.workers:
                worker.release()
        for task in dict.fromkeys(lost):
            task.fail(again(error, cause))

    def _stop_workers(self) -> None:
        """Ask all workers to end, and kill those that do not."""
        with self.lock:
            workers = list(self.workers)
            self.workers.clear()
            self.idle.clear()
        for worker in workers:
            worker.ask_to_end()
        deadline = time.monotonic() + (0 if self.broken else ENDS_WITHIN)
        for worker in workers:
            worker.end(max(0.0, deadline - time.monotonic()))
        self._selector.close()
        os.close(self._awake)
        os.close(self._waker)


def again(error: BaseException, cause: BaseException | None = None) -> BaseException:
    """Return a new exception like this one: two futures must not raise the same object."""
    made: BaseException = pickle.loads(pickle.dumps(error))
    made.__cause__ = cause
    return made
