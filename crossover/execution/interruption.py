"""Ctrl-C and SIGTERM: raised where the main thread is, and remembered, since somebody's code may swallow it."""

from __future__ import annotations

import signal
from types import FrameType

_asked = False


def listen() -> None:
    """Treat SIGTERM like Ctrl-C, and remember both."""
    signal.signal(signal.SIGINT, _interrupt)
    signal.signal(signal.SIGTERM, _interrupt)


def asked() -> bool:
    """Return whether somebody has asked to stop."""
    return _asked


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """Interrupt once: to ask again must not disturb the cleaning up."""
    global _asked  # noqa: PLW0603 - a process is interrupted, not an object
    if not _asked:
        _asked = True
        raise KeyboardInterrupt
