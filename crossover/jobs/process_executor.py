"""The executor over processes of this machine, each with a pipe of its own."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable
from concurrent.futures import Future
from multiprocessing import get_context
from multiprocessing.context import BaseContext
from typing import Any, ParamSpec, TypeVar

from crossover.execution.host import usable_cores
from crossover.jobs.dispatcher import Dispatcher, Rules, again
from crossover.jobs.mapping import Maps
from crossover.jobs.outcomes import call_message
from crossover.jobs.task import Task
from crossover.jobs.worker import WorkerLimits, WorkerSetup
from crossover.jobs.worker_process import WorkerProcess

P = ParamSpec("P")
T = TypeVar("T")
ON_DEATH = ("fail", "retry", "break")
START_METHOD = "forkserver"  # as in Python 3.14: to fork a process that has threads may deadlock


class ProcessExecutor(Maps):
    """Runs functions in worker processes, each with a pipe of its own.

    Args:
        max_workers: how many; None: one for each usable core.
        initializer: called once in each worker, with initargs.
        max_tasks_per_child: a worker that has done this number is replaced; None: never.
        max_memory_per_child: a worker that has used more bytes is replaced after its task; None: never.
        on_death: what becomes of the task of a worker that dies: fail, retry (at most three workers), break (all).
        task_timeout: seconds that a task may run; then its worker is killed, and it raises TaskTimeoutError.
        mp_context: how workers start; None: with a fork server.

    Raises:
        ValueError, TypeError: as the executors of the standard library do.
    """

    def __init__(
        self,
        max_workers: int | None = None,
        *,
        initializer: Callable[..., Any] | None = None,
        initargs: tuple[Any, ...] = (),
        max_tasks_per_child: int | None = None,
        max_memory_per_child: int | None = None,
        on_death: str = "fail",
        task_timeout: float | None = None,
        mp_context: BaseContext | None = None,
    ) -> None:
        if max_workers is None:
            max_workers = max(1, int(usable_cores()))
        if max_workers <= 0:
            raise ValueError("max_workers must be greater than 0")
        if initializer is not None and not callable(initializer):
            raise TypeError("initializer must be a callable")
        if max_tasks_per_child is not None:
            if not isinstance(max_tasks_per_child, int):
                raise TypeError("max_tasks_per_child must be an integer")
            if max_tasks_per_child <= 0:
                raise ValueError("max_tasks_per_child must be >= 1")
        if on_death not in ON_DEATH:
            raise ValueError(f"on_death must be one of {', '.join(ON_DEATH)}, not {on_death!r}")
        self._max_workers = max_workers
        self._within = task_timeout
        context = mp_context or get_context(START_METHOD)
        limits = WorkerLimits(max_tasks_per_child or 0, max_memory_per_child or 0)
        setup = WorkerSetup(initializer, initargs, limits=limits)
        self._dispatcher = dispatcher = Dispatcher(Rules(max_workers, context, setup, on_death))
        self._finalizer = weakref.finalize(self, Dispatcher.close, dispatcher)
        self._finalizer.atexit = False

    @property
    def _broken(self) -> BaseException | bool:
        return self._dispatcher.broken or False

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run a function in a worker; return its future.

        Raises:
            BrokenExecutor: nothing can be done any more.
            RuntimeError: the executor was shut down, or belongs to another process.
        """
        dispatcher = self._dispatcher
        if dispatcher.pid != os.getpid():
            raise RuntimeError(
                f"this executor belongs to process {dispatcher.pid}: make another one in the process that was forked"
            )
        if dispatcher.broken:
            raise again(dispatcher.broken)
        if dispatcher.closing:
            raise RuntimeError("cannot schedule new futures after shutdown")
        future: Future[T] = Future()
        try:
            message = call_message(fn, args, kwargs)
        except Exception as error:
            future.set_running_or_notify_cancel()
            future.set_exception(error)
            return future
        dispatcher.submit(Task(future, message, self._within))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - as its base
        """Accept nothing more, and free what it uses; any number of times, from any thread and from a callback."""
        self._dispatcher.close(cancel=cancel_futures)
        if wait:
            self._dispatcher.join()

    def terminate_workers(self) -> None:
        """End all workers with SIGTERM: what runs fails, and what waits is cancelled."""
        self._dispatcher.close(cancel=True)
        self._dispatcher.signal_workers(WorkerProcess.terminate)

    def kill_workers(self) -> None:
        """End all workers with SIGKILL: what runs fails, and what waits is cancelled."""
        self._dispatcher.close(cancel=True)
        self._dispatcher.signal_workers(WorkerProcess.kill)

    def stats(self) -> dict[str, int]:
        """Return how many tasks wait, run, are done and failed, and what happened to workers."""
        dispatcher = self._dispatcher
        with dispatcher.lock:
            running = sum(worker.task is not None for worker in dispatcher.workers)
            facts = {"workers": len(dispatcher.workers), "pending": len(dispatcher.pending), "running": running}
            return facts | dispatcher.counts
