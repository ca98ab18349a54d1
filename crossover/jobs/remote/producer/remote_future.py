"""The future of a call that is on a server."""

from __future__ import annotations

from concurrent.futures import CancelledError, Future, InvalidStateError
from contextlib import suppress
from typing import Any, Protocol


class TakesBack(Protocol):
    """Knows where the calls are that have no outcome."""

    def take_back(self, number: str) -> bool:
        """Take a call back from the server; return whether no worker has it."""


class RemoteFuture(Future[Any]):
    """Pending until a worker has begun the call; until then it can be cancelled, and the server forgets the call.

    Args:
        sender: has sent the call.
        number: of the call.
    """

    def __init__(self, sender: TakesBack, number: str) -> None:
        super().__init__()
        self._sender, self._number = sender, number

    def cancel(self) -> bool:
        """Cancel the call, unless a worker has it; return whether it is cancelled."""
        if self.cancelled():
            return True
        if self.running() or self.done():
            return False
        if not self._sender.take_back(self._number):
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
        """It has a value, unless it was cancelled."""
        try:  # it need not begin before: each step takes its lock
            self.set_result(value)
        except InvalidStateError:
            return

    def fail(self, error: BaseException) -> None:
        """It raises an exception, unless it was cancelled."""
        with suppress(InvalidStateError):
            self.set_exception(error)
