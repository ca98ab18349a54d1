"""Executors without processes: threads of this process, and a plain loop."""

from __future__ import annotations

import contextvars
import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

from crossover.jobs.arguments import NO_PROCESS, refuse
from crossover.jobs.local.local_executor import LocalExecutor, LocalOptions
from crossover.workers.limits.cpu import usable_cores

P = ParamSpec("P")
T = TypeVar("T")
INITIALIZER_FAILED = "the initializer failed: nothing can be done"


class WithinProcess(LocalExecutor):
    """What both have: options that need a process of its own for each worker are refused, and tasks are counted."""

    instead_of_safe = "use redis-stream or rabbitmq"

    def begin(self, workers: int, options: LocalOptions) -> None:
        """Refuse what needs processes."""
        self._initializer, self._initargs, *of_processes = options
        refuse(dict(zip(LocalOptions._fields[2:], of_processes, strict=True)), NO_PROCESS)
        self._workers = workers
        self._pid = os.getpid()
        self._count_lock = threading.RLock()  # the garbage collector may close a map, which cancels, while it is held
        self._open: set[Future[Any]] = set()
        self._counts = dict.fromkeys(("done", "failed", "cancelled"), 0)

    def with_options(self, *, timeout: float | None) -> Executor:
        """Return this executor, where there is no timeout.

        Raises:
            ValueError: there is one, and no process that could be killed.
        """
        refuse({"timeout": timeout}, NO_PROCESS)
        return self

    def stats(self) -> dict[str, int]:
        """Return how many tasks wait, run, are done and failed."""
        with self._count_lock:
            running = sum([future.running() for future in [*self._open]])
            waiting = len(self._open) - running
            return {"workers": self._workers, "pending": waiting, "running": running} | self._counts

    def _counted(self, future: Future[T]) -> Future[T]:
        with self._count_lock:
            self._open.add(future)
        future.add_done_callback(self._count)
        return future

    def _count(self, future: Future[Any]) -> None:
        cancelled = future.cancelled()
        kind = "cancelled" if cancelled else "done" if future.exception() is None else "failed"
        with self._count_lock:
            self._open.discard(future)
            self._counts[kind] += 1

    def _refuse_in_fork(self) -> None:
        if self._pid != os.getpid():
            raise RuntimeError(
                f"this executor belongs to process {self._pid}: make another one in the process that was forked"
            )


class ThreadExecutor(WithinProcess, ThreadPoolExecutor):
    """Runs functions in threads of this process; each call has the context variables of who has submitted it."""

    def usual_workers(self) -> int:
        """Return as many as CPython: threads mostly wait for something."""
        return min(32, usable_cores() + 4)

    def begin(self, workers: int, options: LocalOptions) -> None:
        """Prepare threads, which start on demand."""
        super().begin(workers, options)
        ThreadPoolExecutor.__init__(self, workers, "crossover worker", options.initializer, options.initargs)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run a function in a thread; return its future.

        Raises:
            RuntimeError: the executor was shut down, or belongs to another process.
        """
        self._refuse_in_fork()
        return self._counted(ThreadPoolExecutor.submit(self, contextvars.copy_context().run, fn, *args, **kwargs))  # type: ignore[arg-type]

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - as its base
        """Accept nothing more; any number of times, from any thread and from a callback."""
        if self._pid != os.getpid():
            return
        own = threading.current_thread() in self._threads  # a callback cannot wait for it
        ThreadPoolExecutor.shutdown(self, wait and not own, cancel_futures=cancel_futures)


class SerialExecutor(WithinProcess):
    """Runs each function at once, in the thread that submits it; the number of workers has no meaning."""

    def begin(self, workers: int, options: LocalOptions) -> None:
        """Prepare to run the initializer before the first function."""
        super().begin(workers, options)
        self._closed = False
        self._started = self._initializer is None
        self._broken: BaseException | bool = False

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run a function, and return its future, which is done.

        Raises:
            BrokenExecutor: its initializer failed.
            RuntimeError: the executor was shut down, or belongs to another process.
        """
        self._refuse_in_fork()
        if self._broken:
            raise BrokenExecutor(INITIALIZER_FAILED)
        if self._closed:
            raise RuntimeError("cannot schedule new futures after shutdown")
        if not self._started:
            self._start()
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()
        try:
            value = fn(*args, **kwargs)
        except BaseException as error:
            future.set_exception(error)
        else:
            future.set_result(value)
        return self._counted(future)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - as its base
        """Accept nothing more."""
        self._closed = True

    def _start(self) -> None:
        self._started = True
        try:
            if self._initializer is not None:
                self._initializer(*self._initargs)
        except BaseException as error:
            logging.getLogger("concurrent.futures").critical("Exception in initializer:", exc_info=True)
            self._broken = error
            raise BrokenExecutor(INITIALIZER_FAILED) from error
