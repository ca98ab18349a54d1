"""Executors without processes: threads of this process, and a plain loop."""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor as BaseExecutor
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

from crossover.jobs.mapping import mapped, mapped_unordered

P = ParamSpec("P")
T = TypeVar("T")


class _Maps(BaseExecutor):
    """The two maps of every executor."""

    def map(  # type: ignore[override]  # buffersize, which its base has from 3.14 on
        self,
        fn: Callable[..., T],
        *iterables: Iterable[Any],
        timeout: float | None = None,
        chunksize: int = 1,
        buffersize: int | None = None,
    ) -> Iterator[T]:
        """Return an iterator over the values of calls, in order; the arguments are those of `mapping.mapped`."""
        return mapped(self, fn, iterables, timeout, chunksize, buffersize)

    def map_unordered(
        self,
        fn: Callable[..., T],
        *iterables: Iterable[Any],
        timeout: float | None = None,
        buffersize: int | None = None,
    ) -> Iterator[T]:
        """Return an iterator over the values of calls, as they come."""
        return mapped_unordered(self, fn, iterables, timeout, buffersize)


class ThreadExecutor(_Maps, ThreadPoolExecutor):
    """Runs functions in threads of this process; each call has the context variables of who has submitted it."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run a function in a thread; return its future.

        Raises:
            RuntimeError: the executor was shut down.
        """
        return super().submit(contextvars.copy_context().run, fn, *args, **kwargs)


class SerialExecutor(_Maps):
    """Runs each function at once, in the thread that submits it."""

    _closed = False

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run a function, and return its future, which is done.

        Raises:
            RuntimeError: the executor was shut down.
        """
        if self._closed:
            raise RuntimeError("cannot schedule new futures after shutdown")
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()
        try:
            value = fn(*args, **kwargs)
        except BaseException as error:
            future.set_exception(error)
        else:
            future.set_result(value)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - as its base
        """Accept nothing more."""
        self._closed = True
