"""`map` over futures: a bounded number is submitted ahead, and nothing that was handed out is kept."""

from __future__ import annotations

import itertools
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from functools import partial
from typing import Any, ParamSpec, TypeVar

from crossover.jobs.arguments import NO_PROCESS, refuse
from crossover.jobs.lines import LinesDone, LinesToDo, do_named_lines
from crossover.workers.forks import only_here

P = ParamSpec("P")
T = TypeVar("T")


class Maps(Executor):
    """The two maps of every executor of ours."""

    def submit_each(self, fn: Callable[..., T], calls: tuple[tuple[Any, ...], ...]) -> Future[list[T]]:
        """Submit calls that travel together; return the future of their values."""
        return self.submit(call_each, fn, calls)

    def submit_lines(self, function: str, lines: LinesToDo, timeout: float | None = None) -> Future[LinesDone]:
        """Submit lines of a job; return the future of what becomes of them.

        Args:
            function: "module:function", called with each.
            lines: the lines.
            timeout: seconds that they may run; None: any time.
        """
        return self.submit_within(timeout, do_named_lines, function, *lines)

    def submit_within(
        self, timeout: float | None, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        """As `submit`, for a call that may run for a number of seconds; None: any time.

        Raises:
            ValueError: there is a time, and no process that could be killed.
        """
        refuse({"timeout": timeout}, NO_PROCESS)
        return self.submit(fn, *args, **kwargs)

    def map(
        self,
        fn: Callable[..., T],
        *iterables: Iterable[Any],
        timeout: float | None = None,
        chunksize: int = 1,
        buffersize: int | None = None,
    ) -> Iterator[T]:
        """Return an iterator over the values of calls, in order; the arguments are those of `mapped`."""
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


def mapped(
    executor: Maps,
    fn: Callable[..., T],
    iterables: tuple[Iterable[Any], ...],
    timeout: float | None,
    chunksize: int,
    buffersize: int | None,
) -> Iterator[T]:
    """Return an iterator over the values of calls, in order; the first ones are submitted at once.

    Args:
        executor: runs them.
        fn: the function.
        iterables: of its arguments.
        timeout: seconds until the last value.
        chunksize: calls that travel together.
        buffersize: calls, or chunks, that are submitted and not handed out; None: all.

    Raises:
        ValueError: chunksize or buffersize is below 1.
    """
    if chunksize < 1:
        raise ValueError("chunksize must be >= 1.")
    if buffersize is not None and not isinstance(buffersize, int):
        raise TypeError("buffersize must be an integer or None")
    if buffersize is not None and buffersize < 1:
        raise ValueError("buffersize must be None or > 0")
    calls: Iterator[Any] = zip(*iterables, strict=False)
    if chunksize == 1:
        return _values(*_begun(executor, partial(_submit, executor, fn), calls, timeout, buffersize))
    chunks = iter(lambda: tuple(itertools.islice(calls, chunksize)), ())
    submit = partial(_submit_each, executor, fn)
    return itertools.chain.from_iterable(_values(*_begun(executor, submit, chunks, timeout, buffersize)))


def mapped_unordered(
    executor: Executor,
    fn: Callable[..., T],
    iterables: tuple[Iterable[Any], ...],
    timeout: float | None,
    buffersize: int | None,
) -> Iterator[T]:
    """Return an iterator over the values of calls, as they come; the arguments are those of `mapped`."""
    submit, calls = partial(_submit, executor, fn), zip(*iterables, strict=False)
    futures = {submit(call) for call in itertools.islice(calls, buffersize)}
    return _as_they_come(futures, submit, calls, None if timeout is None else time.monotonic() + timeout)


def _submit(executor: Executor, fn: Callable[..., T], arguments: tuple[Any, ...]) -> Future[T]:
    return executor.submit(fn, *arguments)


def _submit_each(executor: Maps, fn: Callable[..., T], calls: tuple[tuple[Any, ...], ...]) -> Future[list[T]]:
    return executor.submit_each(fn, calls)


def call_each(fn: Callable[..., T], calls: tuple[tuple[Any, ...], ...]) -> list[T]:
    """Return the values of calls that travel together."""
    function = only_here(fn)
    return [function(*arguments) for arguments in calls]


def _begun(
    executor: Executor,
    submit: Callable[[Any], Future[Any]],
    calls: Iterator[Any],
    timeout: float | None,
    buffersize: int | None,
) -> tuple[deque[Future[Any]], Callable[[Any], Future[Any]], Iterator[Any], float | None]:
    until = None if timeout is None else time.monotonic() + timeout
    return deque(submit(call) for call in itertools.islice(calls, buffersize)), submit, calls, until


def _values(
    futures: deque[Future[T]], submit: Callable[[Any], Future[T]], calls: Iterator[Any], until: float | None
) -> Iterator[T]:
    try:
        while futures:
            future = futures.popleft()
            try:
                value = future.result(None if until is None else max(0.0, until - time.monotonic()))
            except BaseException:
                future.cancel()
                raise
            finally:
                del future
            futures.extend(map(submit, itertools.islice(calls, 1)))
            box = [value]
            del value
            yield box.pop()
    finally:
        for future in futures:
            future.cancel()


def _as_they_come(
    futures: set[Future[T]], submit: Callable[[Any], Future[T]], calls: Iterator[Any], until: float | None
) -> Iterator[T]:
    try:
        while futures:
            left = None if until is None else max(0.0, until - time.monotonic())
            done, futures = wait(futures, left, FIRST_COMPLETED)
            if not done:
                raise TimeoutError
            while done:
                value = done.pop().result()
                futures.update(map(submit, itertools.islice(calls, 1)))
                box = [value]
                del value
                yield box.pop()
    finally:
        for future in futures:
            future.cancel()
