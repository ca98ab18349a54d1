"""The future of a call that is on a server."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import CancelledError, Future, InvalidStateError
from contextlib import suppress
from typing import Any


class RemoteFuture(Future[Any]):
    """Pending until a worker has begun the call; until then it can be cancelled, and the server forgets the call.

    Args:
        take_back: takes the call back from the server; returns whether no worker has it.
    """

    def __init__(self, take_back: Callable[[], bool]) -> None:
        super().__init__()
        self._take_back = take_back

    def cancel(self) -> bool:
        """Cancel the call, unless a worker has it; return whether it is cancelled."""
        if self.cancelled():
            return True
        if self.running() or self.done():
            return False
        if not self._take_back():
            return False
        return self.cancel_here()

    def cancel_here(self) -> bool:
        """Cancel a call that is on no server, and tell those who wait for it."""
        cancelled = super().cancel()
        if cancelled:
            with suppress(InvalidStateError, CancelledError, RuntimeError):
                self.set_running_or_notify_cancel()
        return cancelled

    def begin(self) -> bool:
        """A worker has it; return whether it was not cancelled."""
        if self.running():
            return True
        with suppress(InvalidStateError, RuntimeError):
            return self.set_running_or_notify_cancel()
        return False

    def succeed(self, value: Any) -> None:
        """It has a value."""
        if self.begin():
            with suppress(InvalidStateError):
                self.set_result(value)

    def fail(self, error: BaseException) -> None:
        """It raises an exception."""
        if self.begin():
            with suppress(InvalidStateError):
                self.set_exception(error)
