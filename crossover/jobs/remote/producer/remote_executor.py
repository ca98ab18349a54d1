"""The executor over a broker: its workers may be on any machine."""

from __future__ import annotations

import os
import secrets
import weakref
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from typing import Any, ParamSpec, TypeVar

from brokers.servers import leftovers
from crossover.contract.safety import Safety
from crossover.jobs.arguments import check_initializer, level_of, seconds_of, worker_count
from crossover.jobs.lines import LinesDone, LinesToDo
from crossover.jobs.mapping import Maps
from crossover.jobs.options import WithOptions
from crossover.jobs.remote.allowed import AllowList
from crossover.jobs.remote.main_module import script
from crossover.jobs.remote.producer.exchange import Exchange
from crossover.jobs.remote.producer.ledger import Terms
from crossover.jobs.remote.producer.own_workers import OwnPlan, OwnWorkers
from crossover.jobs.remote.producer.places import place_of
from crossover.jobs.remote.signing import Signer, signer_from_environment
from crossover.jobs.remote.transports import CELERY, SERVERS, open_queue
from crossover.jobs.remote.values import Reader
from crossover.jobs.remote.wire.calls import Form, encode_call

P = ParamSpec("P")
T = TypeVar("T")
AHEAD = 1_000  # calls of a map that are submitted and not handed out, where nothing else is said
WORKERS = ("own", "external")


class RemoteExecutor(Maps):
    """Runs functions in workers of a broker: importable functions, with data as their arguments.

    Own workers run on this machine, serve a queue of their own, and run only what this executor has signed. External
    ones are `crossover worker`s: they run what their `--allow` lists.

    Args:
        max_workers: of own workers, how many; None: one for each usable core.
        transport: a name, or a URL: redis-stream://user:password@host:6379/0?queue=NAME&workers=external.
        workers: own, external.
        queue: of the calls, by name.
        allow: modules whose exceptions, Enums and dataclasses outcomes may have, besides those of submitted functions.
        safety: the level: fast, default, safe.
        task_timeout: seconds that a call may run; then its process is killed, and it raises TaskTimeoutError.
        reconnect: seconds for which a server that is gone is tried again; then all futures fail.
        await_workers: seconds for which calls wait while there is no external worker; then they fail; None: for ever.
        initializer: of own workers: called once in each, with initargs.
        max_tasks_per_child: of own workers: one that has done this number is replaced.
        max_memory_per_child: of own workers: one that has used more bytes is replaced after its task.

    Raises:
        ValueError, TypeError: as the executors of the standard library do.
        CrossoverError: the server cannot be reached, or started.
    """

    def __init__(
        self,
        max_workers: int | None = None,
        *,
        transport: str,
        workers: str | None = None,
        queue: str | None = None,
        allow: Iterable[str] = (),
        safety: Safety | str = Safety.DEFAULT,
        task_timeout: float | None = None,
        reconnect: float = 10.0,
        await_workers: float | None = 60.0,
        initializer: Callable[..., Any] | None = None,
        initargs: tuple[Any, ...] = (),
        max_tasks_per_child: int | None = None,
        max_memory_per_child: int | None = None,
    ) -> None:
        max_workers = worker_count(max_workers)
        check_initializer(initializer)
        if reconnect < 0:
            raise ValueError("reconnect must not be negative: it is a number of seconds")
        if await_workers is not None and await_workers < 0:
            raise ValueError("await_workers must not be negative: it is a number of seconds, or None")
        place = place_of(transport, level_of(safety), queue, workers)
        if place.workers not in WORKERS:
            raise ValueError(f"workers must be one of {', '.join(WORKERS)}, not {place.workers!r}")
        own = place.workers == "own"
        run = secrets.token_hex(8)
        name = f"{place.queue}-{run}" if own else place.queue
        key = secrets.token_hex(32) if own else ""
        signer = Signer(key.encode()) if own else signer_from_environment()
        self._allowed = AllowList(allow, everything=own)
        reader = Reader(self._allowed)
        terms = Terms(
            run,
            place.where if place.transport in CELERY else f"{place.where}, queue {name}",
            signer,
            reader,
            reconnect,
            place.safe,
            own,
            place.worker,
            place.variable,
            await_workers,
        )
        if initializer is not None and not own:
            raise ValueError("an initializer is for own workers; external ones have begun before")
        initial = ""
        if initializer is not None:
            initial = encode_call(f"{run}-0", run, initializer, initargs, {}, "", main=True, signer=signer).hex()
        plan = OwnPlan(
            place.transport, place.url, name, place.safety, key, max_workers,
            max_tasks_per_child or 0, max_memory_per_child or 0, script(), initial, place.lease,
        )  # fmt: skip
        queue_of_calls = open_queue(
            place.transport, place.url, name, place.safety, place.lease, own_workers=max_workers if own else 0
        )
        if own and not place.private:  # where it is killed with its workers, `crossover doctor --clean` removes it
            leftovers.register(run, SERVERS[place.transport], place.url, queue_of_calls.names)
        self._max_workers = max_workers
        self._within = seconds_of("task_timeout", task_timeout)
        self._exchange = exchange = Exchange(queue_of_calls, terms, OwnWorkers(plan) if own else None)
        self._finalizer = weakref.finalize(self, Exchange.close, exchange)
        self._finalizer.atexit = False

    @property
    def _broken(self) -> BaseException | bool:
        return self._exchange.ledger.broken or False

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Send a call to a worker; return its future.

        Raises:
            BrokenExecutor: nothing can be done any more.
            RuntimeError: the executor was shut down, or belongs to another process.
        """
        return self.submit_within(self._within, fn, *args, **kwargs)

    def submit_within(
        self, timeout: float | None, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        """As `submit`, for a call that may run for a number of seconds; None: any time."""
        return self._submit(fn, args, kwargs, timeout=timeout)

    def with_options(self, *, timeout: float | None) -> WithOptions:
        """Return an object with submit and map, for calls that may run for a number of seconds, in the same workers.

        Raises:
            ValueError, TypeError: timeout is no number above 0.
        """
        return WithOptions(self, seconds_of("timeout", timeout))

    def submit_each(self, fn: Callable[..., T], calls: Iterable[tuple[Any, ...]]) -> Future[list[T]]:
        """Send calls of one function that travel together; return the future of their values."""
        return self._submit(fn, list(calls), {}, form=Form.CALLS, timeout=self._within)

    def submit_lines(self, function: str, lines: LinesToDo, timeout: float | None = None) -> Future[LinesDone]:
        """Send lines of a job; return the future of what has become of them.

        Args:
            function: "module:function", called with each.
            lines: the lines.
            timeout: seconds that they may run; None: any time.
        """
        return self._submit(function, lines, {}, form=Form.LINES, timeout=timeout)

    def map(
        self,
        fn: Callable[..., T],
        *iterables: Iterable[Any],
        timeout: float | None = None,
        chunksize: int = 1,
        buffersize: int | None = AHEAD,
    ) -> Iterator[T]:
        """Return an iterator over the values of calls, in order; at most `buffersize` are on the server."""
        return super().map(fn, *iterables, timeout=timeout, chunksize=chunksize, buffersize=buffersize)

    def map_unordered(
        self,
        fn: Callable[..., T],
        *iterables: Iterable[Any],
        timeout: float | None = None,
        buffersize: int | None = AHEAD,
    ) -> Iterator[T]:
        """Return an iterator over the values of calls, as they come; at most `buffersize` are on the server."""
        return super().map_unordered(fn, *iterables, timeout=timeout, buffersize=buffersize)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - as its base
        """Accept nothing more, and free what it uses; any number of times, from any thread and from a callback."""
        if self._exchange.pid != os.getpid():
            return
        self._exchange.close(cancel=cancel_futures)
        if wait:
            self._exchange.join()

    def kill_workers(self) -> None:
        """End own workers at once; everything that is not done fails."""
        self._exchange.kill()

    def terminate_workers(self) -> None:
        """Let own workers finish what they run, and end; everything else fails, and nothing more is accepted."""
        self._exchange.terminate()

    def stats(self) -> dict[str, int]:
        """Return how many calls wait, run, are done and failed."""
        ledger = self._exchange.ledger
        with ledger.lock:
            running = sum(future.running() for future in ledger.tasks.values())
            return {"pending": len(ledger.tasks) - running, "running": running} | ledger.counts

    def _submit(
        self,
        function: Callable[..., Any] | str,
        args: Any,
        kwargs: dict[str, Any],
        *,
        form: Form = Form.CALL,
        timeout: float | None,
    ) -> Future[Any]:
        exchange = self._exchange
        if exchange.pid != os.getpid():
            raise RuntimeError(
                f"this executor belongs to process {exchange.pid}: make another one in the process that was forked"
            )
        if form is not Form.LINES:
            self._allowed.also(getattr(function, "__module__", None))
        return exchange.submit(function, args, kwargs, form=form, timeout=timeout)
