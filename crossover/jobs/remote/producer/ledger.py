"""The calls of an executor that have no outcome yet, and how their futures are settled."""

from __future__ import annotations

import threading
from typing import NamedTuple

from crossover.jobs.dispatcher import again
from crossover.jobs.errors import BrokerLostError
from crossover.jobs.remote.job_queue import Lost
from crossover.jobs.remote.producer.remote_future import RemoteFuture
from crossover.jobs.remote.signing import Signer
from crossover.jobs.remote.values import Reader
from crossover.jobs.remote.wire.replies import VALUE, Outcome


class Terms(NamedTuple):
    """How an executor treats its calls.

    Attributes:
        run: its name.
        where: the server and the queue, in words without a password.
        signer: signs calls, checks outcomes.
        reader: decodes values.
        reconnect: seconds for which it tries to reach a server that is gone.
        safe: whether a call is repeated where its worker has died, and sent again where the server may have it.
        main: whether its workers load the script itself.
        worker: the command that starts an external one, without a password.
        variable: the environment variable in which that finds the URL; empty: it is in the command.
        await_workers: seconds for which calls wait while there is no external worker; None: for ever.
    """

    run: str
    where: str
    signer: Signer
    reader: Reader
    reconnect: float
    safe: bool
    main: bool = False
    worker: str = ""
    variable: str = ""
    await_workers: float | None = None


class Ledger:
    """Number of a call → its future.

    Attributes:
        terms: of the executor.
        broken: why nothing can be done any more; None: it works.
        closing: whether nothing more is accepted.
        counts: done, failed, refused outcomes.
        tasks: number → future.
        lock: of all of them.
        changed: notified when one of them has changed.

    Args:
        terms: of the executor.
    """

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.broken: BaseException | None = None
        self.closing = False
        self.counts = dict.fromkeys(("done", "failed", "refused"), 0)
        self.tasks: dict[str, RemoteFuture] = {}
        self.lock = threading.RLock()  # the garbage collector may close a map, which cancels, while it is held
        self.changed = threading.Condition(self.lock)

    def add(self, number: str, future: RemoteFuture) -> None:
        """Add a call; the lock is held.

        Raises:
            BrokenExecutor: nothing can be done any more.
            RuntimeError: it was closed.
        """
        if self.broken:
            raise again(self.broken)
        if self.closing:
            raise RuntimeError("cannot schedule new futures after shutdown")
        if not future.done():
            if not self.tasks:
                self.changed.notify_all()
            self.tasks[number] = future

    def has_work(self) -> bool:
        """Wait until there are calls; return False when there will be none."""
        with self.lock:
            while not self.tasks and not self.closing and not self.broken:
                self.changed.wait()
            return bool(self.tasks) and not self.broken

    def is_over(self) -> bool:
        """Return whether nothing is left to do; the lock is held."""
        return bool(self.broken) or (self.closing and not self.tasks)

    def settle(self, outcome: Outcome) -> None:
        """Give a future the outcome of its call."""
        future = self.pop(outcome.number)
        if future is None:
            return  # it came before: another worker has done it, too
        try:
            if outcome.kind == VALUE:
                value = outcome.value(self.terms.reader)
                self.counts["done"] += 1
                future.succeed(value)
            else:
                self.counts["failed"] += 1
                future.fail(outcome.error(self.terms.reader))
        except BaseException as error:  # its value cannot be read here
            self.counts["failed"] += 1
            future.fail(error)

    def settle_lost(self, lost: Lost) -> None:
        """There will be no outcome of a call."""
        if future := self.pop(lost.number):
            self.counts["failed"] += 1
            future.fail(lost.error(lost.reason))

    def pop(self, number: str) -> RemoteFuture | None:
        """Remove a call; return its future."""
        with self.lock:
            future = self.tasks.pop(number, None)
            if not self.tasks:
                self.changed.notify_all()
            return future

    def fail_all(self, reason: str, cause: BaseException | None = None) -> None:
        """Nothing can be done any more: every call fails, each with an exception of its own."""
        with self.lock:
            self.broken, self.closing = self.broken or BrokerLostError(reason), True
            lost = list(self.tasks.values())
            self.tasks.clear()
            self.changed.notify_all()
        for future in lost:
            future.fail(again(self.broken, cause))
