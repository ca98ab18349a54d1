"""A worker's side of a shared counter: the counter, the plan of its updates, and the report on them."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from array import array
from collections.abc import Mapping
from typing import Any, NamedTuple

from crossover.contract.errors import BrokenError, CrossoverError

GIVEN_UP_AFTER = 2.0  # seconds that a worker waits for a lock before it gives up an update
TRIES = 1_000  # of one update, before it is given up


NUMBER = re.compile(rb"\s*-?[0-9]{1,18}\s*")  # a counter's reports have room for it; memcached pads with spaces


class NotAddedError(CrossoverError):
    """An update was given up; the counter has not been changed by it."""


class Counter(ABC):
    """A worker's side of a shared counter; made in the producer, sent to the worker, used there by one thread.

    Attributes:
        retries: how often an update was tried again because another worker had changed the counter.
    """

    retries = 0

    def open(self) -> None:  # noqa: B027 - most have nothing to do
        """Prepare in the worker, before it reports that it is ready."""

    @abstractmethod
    def add(self) -> int:
        """Add 1, and return the new value, as far as this worker knows it. Returning acknowledges the update.

        Raises:
            NotAddedError: the update was given up.
            BrokenError: the counter is lost; whether this update was made is unknown.
        """

    def close(self) -> None:  # noqa: B027 - most have nothing to do
        """Release what `open` acquired."""


class ReadThenWrite(Counter):
    """A counter with the obvious update: read, add 1, write. With several workers only a lock makes it safe."""

    @abstractmethod
    def read(self) -> int:
        """Return the value."""

    @abstractmethod
    def write(self, value: int) -> None:
        """Set the value."""

    def add(self) -> int:
        """Read, then write: what another worker writes in between is lost."""
        value = self.read() + 1
        self.write(value)
        return value


class Locked(Counter):
    """A counter under a lock.

    Args:
        counter: what the lock protects.
        lock: with `acquire(blocking, timeout)` and `release`.
    """

    def __init__(self, counter: Counter, lock: Any) -> None:
        self._counter = counter
        self._lock = lock

    def open(self) -> None:
        """Open the counter."""
        self._counter.open()

    def add(self) -> int:
        """Add while no other worker does."""
        if not self._lock.acquire(True, GIVEN_UP_AFTER):
            raise NotAddedError(f"the lock was not acquired within {GIVEN_UP_AFTER:g} s")
        try:
            return self._counter.add()
        finally:
            self._lock.release()

    def close(self) -> None:
        """Close the counter."""
        self._counter.close()


class UpdatePlan(NamedTuple):
    """When a worker updates a counter; times are nanoseconds of the monotonic clock, the same for all processes.

    Attributes:
        begin: when all workers begin.
        until: when to stop.
        most: how many updates to try at most.
        samples: how many latencies to keep: those of the last updates.
    """

    begin: int
    until: int
    most: int
    samples: int


class UpdateReport(NamedTuple):
    """What one worker did to a counter.

    Attributes:
        began, ended: when, in nanoseconds of the monotonic clock.
        updates: how many were acknowledged.
        turns: how often it saw, between two of its updates, that another worker had changed the counter; None: it was
            killed before it could report that.
        retries: how often an update had to be tried again.
        reasons: why updates were given up → how many.
        latencies: of its last updates, in nanoseconds.
        broken: why it could not go on; empty if it could.
    """

    began: int
    ended: int
    updates: int
    turns: int | None
    retries: int = 0
    reasons: Mapping[str, int] = {}
    latencies: array[int] = array("q")
    broken: str = ""


def counter_value(found: Any) -> int:
    """Return the number that a server has sent; another client may have put anything there.

    Raises:
        BrokenError: it is none, or one that no counter of ours gets to.
    """
    if not NUMBER.fullmatch(b"%d" % found if isinstance(found, int) else found):
        raise BrokenError("the key holds no number of ours: another client has changed it")
    return int(found)
