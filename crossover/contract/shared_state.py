"""What every shared state must do: a counter that many change at once."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, ClassVar, Self

from crossover.contract.errors import CrossoverError
from crossover.contract.options import Options

GIVEN_UP_AFTER = 2.0  # seconds that a worker waits for a lock before it gives an update up
TRIES = 1_000  # of one update, before it is given up


class NotAddedError(CrossoverError):
    """An update was given up; the counter has not been changed by it."""


class Counter(ABC):
    """A worker's side; made in the producer, sent to the worker, used there by one thread.

    Attributes:
        retries: how often an update had to be tried again, because another worker's came in between.
    """

    retries = 0

    def open(self) -> None:  # noqa: B027 - most have nothing to do
        """Make ready in the worker, before it says that it is ready."""

    @abstractmethod
    def add(self) -> int:
        """Add 1, and return what the counter is then, as far as this worker knows. Returning acknowledges the update.

        Raises:
            NotAddedError: the update was given up.
            BrokenError: the counter is gone; whether this update was made is unknown.
        """

    def close(self) -> None:  # noqa: B027 - most have nothing to do
        """Give back what `open` took."""


class ReadThenWrite(Counter):
    """One whose update is what people write: read, add 1, write. Alone, it is safe; among others, by a lock."""

    @abstractmethod
    def read(self) -> int:
        """Return what the counter is."""

    @abstractmethod
    def write(self, value: int) -> None:
        """Set the counter."""

    def add(self) -> int:
        """Read, then write: whatever another writes in between is lost."""
        value = self.read() + 1
        self.write(value)
        return value


class Locked(Counter):
    """The same under a lock.

    Args:
        counter: what the lock guards.
        lock: with `acquire(blocking, timeout)` and `release`.
    """

    def __init__(self, counter: Counter, lock: Any) -> None:
        self._counter = counter
        self._lock = lock

    def open(self) -> None:
        """Open what the lock guards."""
        self._counter.open()

    def add(self) -> int:
        """Add while nobody else does."""
        if not self._lock.acquire(True, GIVEN_UP_AFTER):
            raise NotAddedError(f"the lock was not got within {GIVEN_UP_AFTER:.0f} s")
        try:
            return self._counter.add()
        finally:
            self._lock.release()

    def close(self) -> None:
        """Close what the lock guards."""
        self._counter.close()


class SharedState(ABC):
    """A counter that many change at once: the producer's side. It never times or prints.

    Attributes:
        name: what people call it.
        made_safe_by: what makes an update safe; "nothing" where nothing does.
        safe: whether it promises that no update is lost.
        without: the state that does the same without what makes this one safe; nothing where there is none.
        shared: whether its workers share anything at all.
        threads: whether its workers are threads of the producer; else they are processes.
        server: what it goes through ("redis"); nothing inside one machine.
        options_type: what can be set in its URL.

    Args:
        options: an instance of `options_type`.
        place: where its server is, as in the URL; nothing: see brokers/places.py.
    """

    name: ClassVar[str]
    made_safe_by: ClassVar[str] = "nothing"
    safe: ClassVar[bool] = False
    without: ClassVar[str] = ""
    shared: ClassVar[bool] = True
    threads: ClassVar[bool] = False
    server: ClassVar[str] = ""
    options_type: ClassVar[type[Options]] = Options

    def __init__(self, options: Any, place: str = "") -> None:
        self.options = options
        self.place = place

    @classmethod
    def unusable(cls, place: str = "") -> str | None:
        """Return why this state cannot be used on this machine, or through that place, or None where it can."""
        return None

    @abstractmethod
    def start(self) -> None:
        """Make the counter, at 0.

        Raises:
            UnusableError: it cannot be made.
        """

    @abstractmethod
    def counter(self) -> Counter:
        """Return a worker's side; each worker gets one of its own."""

    @abstractmethod
    def read(self) -> int:
        """Return what the counter is; waits for no worker, be it dead with the lock.

        Raises:
            BrokenError: it is gone.
        """

    def brokers(self) -> Mapping[str, str]:
        """Return name → version and settings of what it went through; known once started, and after `stop`."""
        return {}

    def processes(self) -> Mapping[str, Sequence[int]]:
        """Return the process ids of each role that keeps the counter ("owner", "broker")."""
        return {}

    @abstractmethod
    def stop(self) -> None:
        """Leave no process, key, queue, socket or memory behind; safe to call twice, and after a failed start."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
