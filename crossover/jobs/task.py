"""A call that was submitted: the future that its user has, and what its executor has to know."""

from __future__ import annotations

from concurrent.futures import Future, InvalidStateError
from typing import Any, Protocol


class Keeper(Protocol):
    """Knows where the tasks are that no worker has taken yet."""

    def recall(self, task: Task) -> bool:
        """See that no worker takes a task before its future says so; return whether it may be cancelled now."""


class Task(Future[Any]):
    """A call on its way; where it ends, what only its way needs is forgotten.

    Attributes:
        message: the call, pickled.
        within: seconds that it may run; None: any time.
        repeats: whether it may be done again where its executor repeats what a worker has died with.
        tries: how many workers have died with it.
        begun: whether its future says that it runs.
        number: tasks are done in this order.
        keeper: who knows where it is; None: no worker has it before its future says that it runs.
        ahead_of: the worker that may take it after another one; None: there is none.
        is_recalled: whether somebody wants to cancel it.

    Args:
        message: the call, pickled.
        within: seconds that it may run; None: any time.
    """

    __slots__ = ("ahead_of", "begun", "is_recalled", "keeper", "message", "number", "repeats", "tries", "within")

    def __init__(self, message: bytes, within: float | None) -> None:
        super().__init__()
        self.message = message
        self.within = within
        self.repeats = True
        self.tries = 0
        self.number = 0
        self.begun = self.is_recalled = False
        self.keeper: Keeper | None = None
        self.ahead_of: Any = None

    def cancel(self) -> bool:
        """Cancel it, unless a worker has taken it; return whether it is cancelled."""
        keeper = self.keeper
        return (keeper is None or keeper.recall(self)) and super().cancel()

    def begin(self) -> bool:
        """A worker takes it: return whether it was not cancelled before."""
        if not self.begun:
            self.begun = self.set_running_or_notify_cancel()
            self.keeper = self.ahead_of = None
        return self.begun

    def drop(self) -> None:
        """Nobody does it any more: cancel it and tell those who wait for it."""
        if super().cancel():
            self.begin()

    def succeed(self, value: Any) -> None:
        """It has a value."""
        self._forget()
        try:
            self.set_result(value)
        except InvalidStateError:
            self._tell_cancelled()

    def fail(self, error: BaseException) -> None:
        """It raises an exception."""
        self._forget()
        try:
            self.set_exception(error)
        except InvalidStateError:
            self._tell_cancelled()

    def _forget(self) -> None:
        self.message = b""
        self.keeper = self.ahead_of = None

    def _tell_cancelled(self) -> None:
        """Tell those who wait for it, if it was cancelled while nobody had taken it."""
        if not self.begun and self.cancelled():
            self.begin()
