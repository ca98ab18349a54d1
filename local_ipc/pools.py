"""pool: `multiprocessing.Pool`."""

from __future__ import annotations

import multiprocessing
import queue
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.pool import IMapIterator, Pool
from typing import ClassVar, Literal

from crossover.contract.errors import BrokenError
from crossover.contract.tasks import Done, Outcomes
from crossover.contract.text import describe
from crossover.workers.fleet import context_for, interrupts_held_back
from crossover.workers.processes.exit_words import how_it_ended
from crossover.workers.processes.lifetime import Readiness, end
from local_ipc.channels.pickling import Message, unwrap_outcomes
from local_ipc.process_transport import (
    Children,
    ProcessTransport,
    StartOptions,
    call,
    child_pids,
    initialise,
    local_traits,
)
from local_ipc.submitting import PuttingTransport
from workloads.base import Workload


class PoolOptions(StartOptions, frozen=True):
    """How processes start, and how batches are given to the pool.

    Attributes:
        call: imap: one `imap_unordered` over everything that is submitted. apply: one `apply_async` per batch.
    """

    allowed: ClassVar[Mapping[str, str]] = {**StartOptions.allowed, "call": "imap, apply"}
    call: Literal["imap", "apply"] = "imap"


class PoolTransport(PuttingTransport, ProcessTransport):
    """One `imap_unordered` over a generator of the submitted batches; or one `apply_async` per batch.

    A pool replaces a worker that died without any notice: its task is lost, and `get` or `map` would wait for ever.
    Here the run's supervision watches the processes.

    Accepted: a task is in this process's memory, and a thread of the pool will send it.

    Options: start (fork | spawn | forkserver; default: the platform's); call (imap | apply; default: imap).
    """

    traits = local_traits("pool", options_type=PoolOptions)

    _pool: Pool | None = None
    _calls: _Apply | _Imap
    _started: frozenset[int] = frozenset()

    def start(self, workload: Workload, workers: int) -> None:
        """Start the pool."""
        context = context_for(self.options.start)
        self._readiness = Readiness(context)
        self._children = Children()
        with interrupts_held_back():
            self._pool = context.Pool(workers, initialise, (workload.reference, self._readiness.reports))
            self._started = self._children.look()
            self._calls = _Imap(self._pool) if self.options.call == "imap" else _Apply(self._pool)
            self._put = self._calls.put
        self._readiness.wait(workers, lambda: not self._started <= child_pids())

    def collect(self, limit: int, timeout: float) -> Sequence[Outcomes | Done]:
        """Return the results that the pool has put."""
        return [unwrap_outcomes(message) for message in self._calls.get(limit, timeout)]

    def processes(self) -> Mapping[str, Sequence[int]]:
        """Return the process ids of the workers that the pool started with."""
        return {"workers": self._readiness.pids if self._pool else []}

    def exits(self) -> Mapping[int, str]:
        """Return how processes have ended; those that the pool has started instead of others may be missing."""
        if self._pool is None:
            return {}
        self._children.look()
        return {pid: how_it_ended(code) for pid, code in self._children.exit_codes().items()}

    def stop(self) -> None:
        """Terminate the pool; kill the workers if that hangs, as it does when a worker died with the queue's lock."""
        if self._pool is not None:
            self._readiness.read_reports(0)  # the pool may have replaced workers that died
            end({*self._started, *self._readiness.pids}, self._end_pool)  # also those that are still starting
            self._readiness.close()
            self._pool = None
            del self._children, self._calls, self._put  # each holds pipes

    def _end_pool(self) -> None:
        assert self._pool is not None
        self._calls.end()
        self._pool.terminate()
        self._pool.join()


class _Apply:
    """Gives each message to a pool by a call of its own; its results come by callback.

    Attributes:
        put: takes a message.

    Args:
        pool: the pool.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._done: queue.SimpleQueue[Message] = queue.SimpleQueue()

    def put(self, message: Message) -> None:
        """Take a message."""
        self._pool.apply_async(call, (message,), callback=self._done.put)

    def get(self, limit: int, timeout: float) -> list[Message]:
        """Return up to `limit` results; wait up to `timeout` seconds for the first."""
        done = self._done
        try:
            found = [done.get(timeout=timeout)]
        except queue.Empty:
            return []
        found.extend(done.get() for _ in range(min(limit - 1, done.qsize())))
        return found

    def end(self) -> None:
        """Do nothing: each call ends by itself."""


class _Imap:
    """Gives all messages to a pool by one call: a thread of the pool takes them from a generator, which waits for them.

    Attributes:
        put: takes a message.

    Args:
        pool: the pool.
    """

    def __init__(self, pool: Pool) -> None:
        self._submitted: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._error: Exception | None = None
        self.put: Callable[[Message], None] = self._submitted.put
        # the pool's thread must not wait for a lock that Python code holds: this queue is C
        self._results: IMapIterator[Message] = pool.imap_unordered(call, iter(self._submitted.get, None))  # type: ignore[arg-type]  # typeshed: `call` takes one item

    def get(self, limit: int, timeout: float) -> list[Message]:
        """Return up to `limit` results; wait up to `timeout` seconds for the first.

        Raises:
            BrokenError: the pool has lost a message.
        """
        found: list[Message] = []
        following = self._results.next
        if self._error is None:
            try:
                found.append(following(timeout))
                while len(found) < limit:
                    found.append(following(0))
            except multiprocessing.TimeoutError:
                pass
            except Exception as error:  # what came before it counts; the next call raises
                self._error = error
        if not found and self._error is not None:
            raise BrokenError(f"the pool could not carry a message: {describe(self._error)}") from self._error
        return found

    def end(self) -> None:
        """End the generator: the pool waits for the thread that waits in it."""
        self._submitted.put(None)
