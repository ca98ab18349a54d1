"""A bar on standard error that shows how many of the submitted tasks are done."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, ParamSpec, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from crossover.jobs import at_exit
from crossover.jobs.mapping import Maps

P = ParamSpec("P")
T = TypeVar("T")


class ProgressBar:
    """Shown from the first task until all are done and no more can come.

    Attributes:
        pid: of the process that it belongs to.

    Args:
        name: of the transport.
    """

    def __init__(self, name: str) -> None:
        self.pid = os.getpid()
        self._lock = threading.RLock()  # the garbage collector may close it in the middle of a call
        self._submitted = self._done = 0
        self._closed = False
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._bar = Progress(*columns, console=Console(stderr=True))
        self._row = self._bar.add_task(name, total=0)
        at_exit.finish_at_exit(self)

    def watch(self, future: Future[Any]) -> None:
        """Show a task more, until its future is done."""
        with self._lock:
            self._submitted += 1
            if self._submitted == 1:
                self._bar.start()
            self._show()
        future.add_done_callback(self._ended)

    def close(self) -> None:
        """No more tasks come."""
        if self.pid != os.getpid():
            return
        with self._lock:
            self._closed = True
            self._show()

    def join(self) -> None:
        """Do nothing: the executor waits for the tasks."""

    def _ended(self, _: Future[Any]) -> None:
        with self._lock:
            self._done += 1
            self._show()

    def _show(self) -> None:
        self._bar.update(self._row, total=self._submitted, completed=self._done)
        if self._closed and self._submitted and self._done == self._submitted:
            self._bar.stop()


class Watched(Maps):
    """An executor whose tasks are shown.

    Args:
        executor: runs them.
        bar: shows them.
    """

    def __init__(self, executor: Executor, bar: ProgressBar) -> None:
        self._executor = executor
        self._bar = bar
        self._finalizer = weakref.finalize(self, bar.close)
        self._finalizer.atexit = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._executor, name)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Submit to the executor, and show the task."""
        future = self._executor.submit(fn, *args, **kwargs)
        self._bar.watch(future)
        return future

    def watch(self, future: Future[Any]) -> None:
        """Show a task."""
        self._bar.watch(future)

    def with_options(self, **options: Any) -> Executor:
        """Return the view of the executor; the bar shows its tasks, too."""
        return View(self, self._executor.with_options(**options))  # type: ignore[attr-defined]  # of ours

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - as its base
        """Shut the executor down; the bar stays until all is done."""
        self._executor.shutdown(wait, cancel_futures=cancel_futures)
        self._bar.close()


class View(Maps):
    """A view of an executor whose tasks are shown; to shut it down does nothing.

    Args:
        watched: the executor.
        view: of the executor that runs them.
    """

    def __init__(self, watched: Watched, view: Executor) -> None:
        self._watched = watched
        self._view = view

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Submit to the executor, and show the task."""
        future = self._view.submit(fn, *args, **kwargs)
        self._watched.watch(future)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - as its base
        """Do nothing: the workers are the executor's."""
