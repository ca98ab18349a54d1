"""Ctrl-C and SIGTERM: raised in the main thread and remembered, because other code may swallow the exception."""

from __future__ import annotations

import signal
from types import FrameType

_requested = False


def install_handlers() -> None:
    """Treat SIGTERM like Ctrl-C, and remember both."""
    signal.signal(signal.SIGINT, _interrupt)
    signal.signal(signal.SIGTERM, _interrupt)


def requested() -> bool:
    """Return whether the user has asked the command to stop."""
    return _requested


def raise_if_requested() -> None:
    """Raise KeyboardInterrupt where the user has asked the command to stop.

    Raises:
        KeyboardInterrupt: now, or again.
    """
    if _requested:
        raise KeyboardInterrupt


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """Interrupt once: a second Ctrl-C must not disturb the clean-up."""
    global _requested  # noqa: PLW0603 - a process is interrupted, not an object
    if not _requested:
        _requested = True
        raise KeyboardInterrupt
