"""What an executor over a broker has besides its interface: its queue, and a thread for outcomes."""

from __future__ import annotations

import itertools
import logging
import os
import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from brokers.messages import Refused
from brokers.servers import leftovers
from crossover.contract.errors import BrokenError, CrossoverError
from crossover.jobs.at_exit import finish_at_exit
from crossover.jobs.errors import CallRefusedError
from crossover.jobs.remote.job_queue import JobQueue, Lost
from crossover.jobs.remote.producer.attendance import Attendance
from crossover.jobs.remote.producer.ledger import Ledger, Terms
from crossover.jobs.remote.producer.own_workers import OwnWorkers
from crossover.jobs.remote.producer.remote_future import RemoteFuture
from crossover.jobs.remote.producer.sender import Sender
from crossover.jobs.remote.wire.calls import Form, encode_call
from crossover.jobs.remote.wire.replies import BEGUN, decode_outcome, refusal_in

PATIENCE = 0.5  # seconds that one look for outcomes takes, at most
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 1.0  # seconds between attempts to reach the server

log = logging.getLogger("crossover.jobs")


class Exchange:
    """Has calls sent, and settles their futures.

    Attributes:
        ledger: the calls that have no outcome yet.
        pid: of the process that it belongs to.

    Args:
        queue: of the broker.
        terms: of the executor.
        own_workers: workers of its own; None: they are elsewhere.
    """

    def __init__(self, queue: JobQueue, terms: Terms, own_workers: OwnWorkers | None) -> None:
        self.pid = os.getpid()
        self.ledger = ledger = Ledger(terms)
        self._queue, self._terms, self._own_workers = queue, terms, own_workers
        self._lock, self._changed = ledger.lock, ledger.changed
        self._ordinals = itertools.count()
        self._thread: threading.Thread | None = None
        self._sender = Sender(queue, ledger)
        self._attendance = Attendance(queue, terms)
        self._has_heard = False
        self._module = "MODULE"  # of the function that was called last
        finish_at_exit(self)

    def submit(
        self,
        function: Callable[..., Any] | str,
        args: Any,
        kwargs: Any,
        *,
        form: Form = Form.CALL,
        timeout: float | None = None,
    ) -> RemoteFuture:
        """Send a call, which may run for a number of seconds; return its future.

        Raises:
            BrokenExecutor: nothing can be done any more.
            RuntimeError: it was closed.
        """
        terms, number = self._terms, f"{self._terms.run}-{next(self._ordinals)}"
        module = function.partition(":")[0] if isinstance(function, str) else getattr(function, "__module__", None)
        self._module = module or self._module
        future = RemoteFuture(self, number)
        try:
            message = encode_call(
                number, terms.run, function, args, kwargs, self._queue.reply_to, timeout,
                safe=terms.safe, form=form, main=terms.main, signer=terms.signer,
            )  # fmt: skip
        except Exception as error:
            future.fail(error)
            message = b""
        with self._lock:
            self.ledger.add(number, future)
            if not message:
                return future
            if len(self.ledger.tasks) == 1:
                self._attendance.note()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="crossover outcomes", daemon=True)
                self._thread.start()
        self._sender.put(message, number, waits=threading.current_thread() is not self._thread)
        return future

    def close(self, *, cancel: bool = False) -> None:
        """Accept nothing more; what no worker has taken is done, or cancelled."""
        with self._lock:
            first, self.ledger.closing = not self.ledger.closing, True
            tasks = list(self.ledger.tasks.values()) if cancel else []
            if self._own_workers is not None and not self._has_heard:
                tasks = tasks[self._own_workers.workers :]  # the first ones have workers, which start
            unused = first and self._thread is None
            self._changed.notify_all()
        for future in tasks:
            future.cancel()
        if unused and self.pid == os.getpid():
            self._close_queue()

    def join(self) -> None:
        """Wait for all outcomes; in a callback, which the thread itself runs, return at once."""
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def terminate(self) -> None:
        """Let workers of its own finish what they run, and end; everything else fails."""
        with self._lock:
            self.ledger.closing = True
            if self._own_workers is not None:
                self._own_workers.terminate()
            self._changed.notify_all()

    def kill(self) -> None:
        """End workers of its own at once; everything that is not done fails."""
        if self._own_workers is not None:
            self._own_workers.kill()
        self.ledger.fail_all("its workers were ended")

    def take_back(self, number: str) -> bool:
        """Take a call back from the server; return whether no worker has it."""
        if self.pid != os.getpid() or number not in self.ledger.tasks:
            return False
        try:
            if self._withdraw(number):
                return self.ledger.pop(number) is not None
        except BrokenError:
            return False
        if future := self.ledger.tasks.get(number):
            future.begin()
        return False

    def _run(self) -> None:
        try:
            if self._own_workers is not None:
                self._own_workers.start()
            while self.ledger.has_work():
                self._receive()
        except BaseException as error:  # whatever it is: nobody may wait for ever because of it
            self.ledger.fail_all(f"the executor failed: {error!r}", error)
            if not isinstance(error, CrossoverError):
                raise
        finally:
            self._close_queue()

    def _receive(self) -> None:
        try:
            messages = self._queue.receive(PATIENCE)
            lost = self._queue.lost()
        except BrokenError as error:
            self._wait_for_server(error)
            return
        self._sender.find_server()
        for message in messages:
            self._read(message)
        for call in lost:
            self.ledger.settle_lost(call)
        if messages or lost:
            self._attendance.note()
            self._has_heard = True
        else:
            self._look_at_workers()

    def _wait_for_server(self, error: BrokenError) -> None:
        since, now = self._sender.lose_server(), time.monotonic()
        if now - since >= self._terms.reconnect:
            within = f"for {now - since:.1f} s" if self._terms.reconnect else "(reconnect=0)"
            self.ledger.fail_all(f"the server cannot be reached {within}: {error}", error)
            return
        bound = min(LONGEST_PAUSE, FIRST_PAUSE + (now - since) / 2)
        time.sleep(min(random.uniform(bound / 2, bound), max(0.01, self._terms.reconnect - (now - since))))  # noqa: S311

    def _look_at_workers(self) -> None:
        """Nothing has come: see that there are workers."""
        if self._own_workers is not None:
            if problem := self._own_workers.problem():
                self.ledger.fail_all(problem)
            return
        try:
            problem = self._attendance.problem(self._module)
        except BrokenError as error:
            self._wait_for_server(error)
            return
        for number in [*self.ledger.tasks] if problem else ():
            with suppress(BrokenError):
                self._withdraw(number)
            self.ledger.settle_lost(Lost(number, problem or ""))

    def _withdraw(self, number: str) -> bool:
        """Return whether a call is sent no more, or was taken back from the server."""
        return self._sender.take_back(number) or self._queue.withdraw(number)

    def _read(self, message: bytes) -> None:
        try:
            outcome = decode_outcome(message, self._terms.signer)
        except Refused as refused:
            self.ledger.counts["refused"] += 1
            number, reason = refusal_in(message)
            log.warning("an outcome is not accepted: %s", refused)
            if reason:
                why = f"{reason} (an answer that is not accepted: {refused})"
                self.ledger.settle_lost(Lost(number, why, CallRefusedError))
            return
        if outcome.run != self._terms.run:
            return
        if outcome.kind != BEGUN:
            self.ledger.settle(outcome)
        elif future := self.ledger.tasks.get(outcome.number):
            future.begin()

    def _close_queue(self) -> None:
        if self._own_workers is not None:
            self._own_workers.stop()
        with suppress(CrossoverError, OSError):
            self._queue.close(with_calls=self._own_workers is not None)
            leftovers.unregister(self._terms.run)
