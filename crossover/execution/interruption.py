"""Ctrl-C and SIGTERM: raised in the main thread and remembered, because other code may swallow the exception."""

from __future__ import annotations

import _thread
import os
import signal
import sys
import time
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

_requested = False
_ignored = False  # the interpreter has ignored the exception, and it must be raised again
_RETRY = 0.01  # seconds; until then the callback that the exception was raised in has returned


def install_handlers() -> None:
    """Treat SIGTERM like Ctrl-C, and remember both."""
    signal.signal(signal.SIGINT, _interrupt)
    signal.signal(signal.SIGTERM, _interrupt)
    sys.unraisablehook = _unraisable


def requested() -> bool:
    """Return whether the user has asked the command to stop."""
    return _requested


def raise_if_requested() -> None:
    """Raise KeyboardInterrupt where the user has asked the command to stop.

    Raises:
        KeyboardInterrupt: now, or again.
    """
    global _ignored  # noqa: PLW0603 - a process is interrupted, not an object
    if _requested:
        _ignored = False
        raise KeyboardInterrupt


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """Interrupt once: a second Ctrl-C must not disturb the clean-up."""
    global _requested, _ignored
    if not _requested or _ignored:
        _requested, _ignored = True, False
        raise KeyboardInterrupt


def _unraisable(unraisable: UnraisableHookArgs) -> None:
    """Raise the interruption again where the interpreter has ignored it, as in a weakref callback or `__del__`."""
    global _ignored  # noqa: PLW0603 - likewise
    if _requested and isinstance(unraisable.exc_value, KeyboardInterrupt):
        _ignored = True
        _thread.start_new_thread(_signal_again, ())
    else:
        sys.__unraisablehook__(unraisable)


def _signal_again() -> None:
    time.sleep(_RETRY)
    if _ignored:
        os.kill(os.getpid(), signal.SIGINT)
