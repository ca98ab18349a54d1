"""The thread that sends calls: those that come while it waits for the server travel together."""

from __future__ import annotations

import threading
import time
from collections import deque
from itertools import islice

from crossover.contract.errors import BrokenError
from crossover.jobs.errors import NotAcceptedError
from crossover.jobs.remote.job_queue import JobQueue, Lost, Sending
from crossover.jobs.remote.producer.ledger import Ledger
from crossover.workers import interruption

MOST_TOGETHER = 500  # calls that are given to the server at once
MOST_BYTES = 2**24  # of their messages, unless one alone is larger: both sides hold all of them
MOST_WAITING = 10_000  # calls that are not sent; then `put` waits
LOOK_EVERY = 0.5  # seconds


class Sender:
    """Gives calls to the server, or lets their futures fail.

    Attributes:
        away_since: when the server was lost, in seconds of the monotonic clock; None: it is there. The lock of the
            ledger guards it, and all else here.

    Args:
        queue: of the broker.
        ledger: of the executor.
    """

    def __init__(self, queue: JobQueue, ledger: Ledger) -> None:
        self.away_since: float | None = None
        self._queue, self._ledger, self._changed = queue, ledger, ledger.changed
        self._waiting: dict[str, bytes] = {}
        self._under_way: deque[Sending] = deque()
        self._thread: threading.Thread | None = None

    def put(self, call: bytes, number: str, *, waits: bool) -> None:
        """Have a call sent soon.

        Args:
            call: its message.
            number: of the call.
            waits: whether to wait where many are not sent.
        """
        with self._changed:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="crossover calls", daemon=True)
                self._thread.start()
            while waits and len(self._waiting) >= MOST_WAITING and not self._ledger.broken:
                interruption.raise_if_requested()
                self._changed.wait(interruption.LOOK_EVERY)
            if number not in self._ledger.tasks:
                return  # it has failed, or was cancelled
            self._waiting[number] = call
            if len(self._waiting) == 1:
                self._changed.notify_all()

    def take_back(self, number: str) -> bool:
        """Return whether a call was not sent, and is not sent any more; wait while it is being sent."""
        with self._changed:
            while any(number == call.number for call in self._under_way) and not self._ledger.broken:
                self._changed.wait(LOOK_EVERY)
            return self._waiting.pop(number, None) is not None

    def lose_server(self) -> float:
        """The server does not answer; return since when."""
        with self._changed:
            self.away_since = self.away_since or time.monotonic()
            return self.away_since

    def find_server(self) -> None:
        """The server answers."""
        if self.away_since is not None:
            with self._changed:
                self.away_since = None
                self._changed.notify_all()

    def _run(self) -> None:
        while self._next():
            while self._under_way:
                self._send()

    def _next(self) -> bool:
        """Wait until there are calls to send; return False when there will be none."""
        with self._changed:
            while not self._waiting and not self._ledger.is_over():
                self._changed.wait()
            size = 0
            for number in [*islice(self._waiting, MOST_TOGETHER)]:
                if size and size + len(self._waiting[number]) > MOST_BYTES:
                    break
                self._under_way.append(Sending(self._waiting.pop(number), number))
                size += len(self._under_way[-1].call)
            return not self._ledger.is_over()

    def _send(self) -> None:
        if not self._is_back():
            self._done(len(self._under_way))  # all futures fail, and these
            return
        try:
            sent = self._queue.send_many([*self._under_way])
        except BrokenError as error:
            self.lose_server()
            if not self._ledger.terms.safe:
                reason = f"it is not known whether the server has accepted the call: {error}"
                for call in self._under_way:
                    self._ledger.settle_lost(Lost(call.number, reason, NotAcceptedError))
                self._done(len(self._under_way))
        except Exception as error:
            self._send_alone(error)
        else:
            self._done(sent)

    def _send_alone(self, error: Exception) -> None:
        """One of some calls cannot be sent: send the first alone, or let it fail if it is alone."""
        if len(self._under_way) == 1:
            if future := self._ledger.pop(self._under_way[0].number):
                future.fail(error)
            self._done(1)
            return
        with self._changed:
            later = {call.number: call.call for call in list(self._under_way)[1:]}
            self._waiting = later | self._waiting
            while len(self._under_way) > 1:
                self._under_way.pop()

    def _is_back(self) -> bool:
        """Wait while the server is away; return whether it can be used."""
        with self._changed:
            while self.away_since is not None and not self._ledger.broken:
                self._changed.wait(LOOK_EVERY)
            return not self._ledger.broken

    def _done(self, count: int) -> None:
        with self._changed:
            for _ in range(count):
                self._under_way.popleft()
            self._changed.notify_all()
