"""A view of an executor: the same workers, other options for each call."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import ParamSpec, Protocol, TypeVar

from crossover.jobs.mapping import Maps

P = ParamSpec("P")
T = TypeVar("T")


class Timed(Protocol):
    """An executor that knows a time for each task."""

    def submit_within(
        self, timeout: float | None, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        """Run a function, which may run for a number of seconds."""


class WithOptions(Maps):
    """Submits to an executor, which keeps the workers: to shut this down does nothing.

    Args:
        executor: runs the tasks.
        timeout: seconds that each may run; None: any time.
    """

    def __init__(self, executor: Timed, timeout: float | None) -> None:
        self._executor = executor
        self._timeout = timeout

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run a function in a worker of the executor; return its future.

        Raises:
            BrokenExecutor: nothing can be done any more.
            RuntimeError: the executor was shut down, or belongs to another process.
        """
        return self._executor.submit_within(self._timeout, fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - as its base
        """Do nothing: the workers are the executor's."""
