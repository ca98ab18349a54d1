"""The executor over processes of this machine, each with a pipe of its own."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from concurrent.futures import Future
from multiprocessing import get_context
from typing import ClassVar, ParamSpec, TypeVar

from crossover.jobs.arguments import check_on_death, limit_of, seconds_of
from crossover.jobs.dispatcher import Dispatcher, Rules
from crossover.jobs.local.local_executor import LocalExecutor, LocalOptions
from crossover.jobs.options import WithOptions
from crossover.jobs.outcomes import call_message
from crossover.jobs.processes.fork_server import import_in_fork_server
from crossover.jobs.processes.segment import why_no_segments
from crossover.jobs.processes.worker import WorkerLimits, WorkerSetup
from crossover.jobs.processes.worker_process import WorkerProcess
from crossover.jobs.task import Task

P = ParamSpec("P")
T = TypeVar("T")
MOST_AHEAD = 32  # calls in the pipe of a worker that it has not taken: enough for it never to wait
START_METHOD = "forkserver"  # as in Python 3.14: to fork a process that has threads may deadlock


class ProcessExecutor(LocalExecutor):
    """Runs functions in worker processes, each with a pipe of its own; its options are those of LocalExecutor."""

    instead_of_safe = "on_death='retry' does the task of a worker that dies again"
    shares_memory: ClassVar[bool] = False

    def begin(self, workers: int, options: LocalOptions) -> None:
        """Prepare workers, which start on demand."""
        check_on_death(on_death := "fail" if options.on_death is None else options.on_death)
        limits = WorkerLimits(
            limit_of("max_tasks_per_child", options.max_tasks_per_child),
            limit_of("max_memory_per_child", options.max_memory_per_child),
        )
        self._within = seconds_of("task_timeout", options.task_timeout)
        self._max_workers = workers
        setup = WorkerSetup(options.initializer, options.initargs, limits=limits)
        context = options.mp_context or get_context(START_METHOD)
        if context.get_start_method() == "forkserver":
            import_in_fork_server()
        self._dispatcher = Dispatcher(Rules(workers, context, setup, on_death, self.shares_memory, MOST_AHEAD))
        self._finalizer = weakref.finalize(self, Dispatcher.let_go, self._dispatcher)
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
        return self.submit_within(self._within, fn, *args, **kwargs)

    def submit_within(
        self, timeout: float | None, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        """As `submit`, for a task that may run for a number of seconds; None: any time."""
        try:
            task = Task(call_message(fn, args, kwargs), timeout)
        except Exception as error:
            self._dispatcher.refuse()
            refused: Future[T] = Future()
            refused.set_running_or_notify_cancel()
            refused.set_exception(error)
            return refused
        self._dispatcher.submit(task)
        return task

    def with_options(self, *, timeout: float | None) -> WithOptions:
        """Return an object with submit and map, for tasks that may run for a number of seconds, in the same workers.

        Raises:
            ValueError, TypeError: timeout is no number above 0.
        """
        return WithOptions(self, seconds_of("timeout", timeout))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - as its base
        """Accept nothing more, and free what it uses; any number of times, from any thread and from a callback."""
        self._dispatcher.close(cancel=cancel_futures)
        if wait:
            self._dispatcher.join()

    def terminate_workers(self) -> None:
        """End all workers with SIGTERM: what runs fails, and what waits is cancelled."""
        self._dispatcher.signal_workers(WorkerProcess.terminate)

    def kill_workers(self) -> None:
        """End all workers with SIGKILL: what runs fails, and what waits is cancelled."""
        self._dispatcher.signal_workers(WorkerProcess.kill)

    def stats(self) -> dict[str, int]:
        """Return how many tasks wait, run, are done and failed, and what happened to workers."""
        return self._dispatcher.numbers()


class SharedMemoryExecutor(ProcessExecutor):
    """As ProcessExecutor; calls and outcomes of 64 KiB and more travel through memory that is shared with the worker.

    Raises:
        ValueError: this system has no memory without a name.
    """

    shares_memory = True

    def begin(self, workers: int, options: LocalOptions) -> None:
        """Prepare workers, where there is such memory."""
        if why_not := why_no_segments():
            raise ValueError(why_not)
        super().begin(workers, options)
