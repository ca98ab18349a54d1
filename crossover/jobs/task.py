"""A call that was submitted: the future that its user has, and what its executor has to know."""

from __future__ import annotations

from concurrent.futures import Future, InvalidStateError
from typing import Any


class Task(Future[Any]):
    """A call on its way; where it ends, what only its way needs is forgotten.

    Attributes:
        message: the call, pickled.
        within: seconds that it may run; None: any time.
        repeats: whether it may be done again where its executor repeats what a worker has died with.
        tries: how many workers have died with it.
        begun: whether its future says that it runs.

    Args:
        message: the call, pickled.
        within: seconds that it may run; None: any time.
    """

    __slots__ = ("begun", "message", "repeats", "tries", "within")

    def __init__(self, message: bytes, within: float | None) -> None:
        super().__init__()
        self.message = message
        self.within = within
        self.repeats = True
        self.tries = 0
        self.begun = False

    def begin(self) -> bool:
        """A worker takes it: return whether it was not cancelled before."""
        if not self.begun:
            self.begun = self.set_running_or_notify_cancel()
        return self.begun

    def drop(self) -> None:
        """Nobody does it any more: cancel it and tell those who wait for it."""
        if self.cancel():
            self.begin()

    def succeed(self, value: Any) -> None:
        """It has a value."""
        self.message = b""
        try:
            self.set_result(value)
        except InvalidStateError:
            self._tell_cancelled()

    def fail(self, error: BaseException) -> None:
        """It raises an exception."""
        self.message = b""
        try:
            self.set_exception(error)
        except InvalidStateError:
            self._tell_cancelled()

    def _tell_cancelled(self) -> None:
        """Tell those who wait for it, if it was cancelled while nobody had taken it."""
        if not self.begun and self.cancelled():
            self.begin()
