"""A call that was submitted, and its future."""

from __future__ import annotations

from concurrent.futures import CancelledError, Future, InvalidStateError
from contextlib import suppress
from typing import Any


class Task:
    """A call on its way.

    Attributes:
        future: of the call.
        message: the call, pickled.
        within: seconds that it may run; None: any time.
        repeats: whether it may be done again where its executor repeats what a worker has died with.
        tries: how many workers have died with it.
        running: whether its future says so.

    Args:
        future: of the call.
        message: the call, pickled.
        within: seconds that it may run; None: any time.
    """

    __slots__ = ("future", "message", "repeats", "running", "tries", "within")

    def __init__(self, future: Future[Any], message: bytes, within: float | None) -> None:
        self.future = future
        self.message = message
        self.within = within
        self.repeats = True
        self.tries = 0
        self.running = False

    def begin(self) -> bool:
        """A worker takes it: return whether it was not cancelled before."""
        if not self.running:
            self.running = self.future.set_running_or_notify_cancel()
        return self.running

    def cancel(self) -> None:
        """Cancel it and tell those who wait for it."""
        if self.future.cancel():
            with suppress(InvalidStateError, CancelledError):
                self.future.set_running_or_notify_cancel()

    def succeed(self, value: Any) -> None:
        """Its future has a value."""
        if self.running or self.begin():
            with suppress(InvalidStateError):
                self.future.set_result(value)

    def fail(self, error: BaseException) -> None:
        """Its future raises an exception."""
        if self.running or self.begin():
            with suppress(InvalidStateError):
                self.future.set_exception(error)
