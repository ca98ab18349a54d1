"""The calls of an executor over Celery that have no outcome yet: here, or on the server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from brokers.celery.settings import BEGUN
from crossover.contract.system import Clock
from crossover.contract.text import describe
from crossover.jobs.errors import BrokerLostError
from crossover.jobs.remote.celery.answers import Answer
from crossover.jobs.remote.job_queue import Lost, Sending

ROOM = 1_000  # calls that external workers may take from the server; further ones wait here
HELD_FOR = 1.0  # seconds that calls stay here which were taken back from the server: more may be cancelled
ROOM_EACH = 8  # likewise, for each process of an own worker


class OpenCalls:
    """What waits here costs nothing to cancel; of what the server has, the workers must be asked.

    From any thread.

    Args:
        own: processes of the executor's own worker; 0: the workers are elsewhere.
    """

    def __init__(self, own: int) -> None:
        self._own = own
        self._changed = threading.Lock()  # guards all that follows
        self._waiting: dict[str, bytes] = {}
        self._back: dict[str, bytes] = {}  # taken back just now; they wait before the others
        self._sent: dict[str, tuple[float, bytes]] = {}  # number → when, and the call
        self._held_until = 0.0  # what waits here is sent from then on
        self._arrived: list[bytes] = []
        self._lost: list[Lost] = []
        self._room = own or ROOM

    def add(self, call: bytes, number: str) -> bool:
        """Add a call; return whether it is to be sent now."""
        with self._changed:
            if self._waiting or self._back or len(self._sent) >= self._room:
                self._waiting[number] = call
                return False
            self._sent[number] = Clock.monotonic(), call
            return True

    def next(self) -> Sending | None:
        """Return a call that waited and is to be sent now, if there is room."""
        with self._changed:
            held = Clock.monotonic() < self._held_until
            if held or not self._waiting or len(self._sent) >= self._room:
                return None
            number = next(iter(self._waiting))
            call = self._waiting.pop(number)
            self._sent[number] = Clock.monotonic(), call
            return Sending(call, number)

    def forget(self, number: str) -> bool:
        """Forget a call that the server has; return whether it was open."""
        with self._changed:
            return self._sent.pop(number, None) is not None

    def wait_again(self, calls: dict[str, bytes]) -> None:
        """Let calls wait here before all others."""
        with self._changed:
            self._waiting = calls | self._waiting

    @contextmanager
    def held(self) -> Iterator[None]:
        """Send nothing in the block, in which calls are taken back, and for a moment after it."""
        with self._changed:
            self._held_until = float("inf")
        try:
            yield
        finally:
            with self._changed:
                self._waiting, self._back = self._back | self._waiting, {}
                self._held_until = Clock.monotonic() + HELD_FOR

    def lose(self, number: str, reason: str, kind: type[BrokerLostError] = BrokerLostError) -> None:
        """Nobody will answer a call, which is not known here any more."""
        with self._changed:
            self._lost.append(Lost(number, reason, kind))

    def lose_waiting(self, reason: str, kind: type[BrokerLostError]) -> None:
        """Nobody will answer the calls that wait here."""
        with self._changed:
            self._lost.extend(Lost(number, reason, kind) for number in self._waiting)
            self._waiting.clear()

    def take(self, answer: Answer) -> None:
        """Note an answer of a worker, or what Celery says of a call.

        Also of one that is to be sent again, as it was not known whether the server had it: it is done.
        """
        number, value = answer["task_id"].partition(":")[2], answer["result"]
        with self._changed:
            if self._own:
                self._room = self._own * ROOM_EACH  # its worker is there
            if isinstance(value, bytes):
                self._arrived.append(value)
            if answer["status"] == BEGUN:
                return
            found = [places.pop(number, None) for places in (self._sent, self._waiting, self._back)]
            if any(found) and not isinstance(value, bytes):
                self._lost.append(Lost(number, f"Celery says: {_in_words(value)}"))

    def arrived(self) -> list[bytes]:
        """Return the outcomes and notes that have come, each once."""
        with self._changed:
            arrived, self._arrived = self._arrived, []
        return arrived

    def lost(self) -> list[Lost]:
        """Return the calls that nobody will answer, each once."""
        with self._changed:
            lost, self._lost = self._lost, []
        return lost

    def cancel(self, number: str) -> bool | None:
        """Return whether a call was cancelled that waited here, or is not open; None: the server has it."""
        with self._changed:
            if self._waiting.pop(number, None) is not None or self._back.pop(number, None) is not None:
                return True
            return None if number in self._sent else False

    def cancel_all(self) -> list[str]:
        """Cancel all that wait here; return the numbers of the others."""
        with self._changed:
            self._waiting.clear()
            self._back.clear()
            return [*self._sent]

    def take_back(self, number: str) -> None:
        """Keep a call here that the server has no longer, if it is open."""
        with self._changed:
            if (found := self._sent.pop(number, None)) is not None:
                self._back[number] = found[1]

    def sent(self) -> dict[str, float]:
        """Return the numbers of the calls that the server has, and when they were sent."""
        with self._changed:
            return {number: at for number, (at, _) in self._sent.items()}


def _in_words(value: Any) -> str:
    return describe(value) if isinstance(value, BaseException) else f"an outcome of type {type(value).__name__}"
