"""Ctrl-C, SIGTERM, SIGQUIT, a closed terminal: a flag, a wake-up. KeyboardInterrupt is raised where the command looks.

An exception that a signal handler raises appears wherever the main thread happens to be: in a weakref callback, where
the interpreter ignores it, or between the start of a process and the line that remembers it. So the handlers raise
nothing. Whatever waits in the command looks at the flag at least every `LOOK_EVERY` seconds, or also waits for
`wake_up_descriptor()`.
"""

from __future__ import annotations

import os
import signal
import socket
from types import FrameType
from typing import Any

LOOK_EVERY = 0.2  # seconds, at most, that anything in the command waits without looking at the flag
INTERRUPTS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)

_requested = False
_before: dict[signal.Signals, Any] = {}  # the handlers that ours have replaced
_wake_up: tuple[socket.socket, socket.socket] | None = None  # the end to read from, the end to write into


def install_handlers() -> None:
    """Treat them like Ctrl-C, and only note them; not in processes forked from this one."""
    signal.set_wakeup_fd(_sockets()[1].fileno(), warn_on_full_buffer=False)
    for number in INTERRUPTS:
        if number == signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN:
            continue  # nohup: the command outlives its terminal
        if (before := signal.signal(number, _note)) is not _note:
            _before[number] = before


def requested() -> bool:
    """Return whether the user has asked the command to stop."""
    return _requested


def raise_if_requested() -> None:
    """Raise KeyboardInterrupt if the user has asked the command to stop.

    Raises:
        KeyboardInterrupt: now, and at every later call.
    """
    if _requested:
        raise KeyboardInterrupt


def wake_up_descriptor() -> int:
    """Return a descriptor that can be read from as soon as the user has asked the command to stop.

    For `select` and `multiprocessing.connection.wait`; leave what is in it, so that it wakes up whatever waits next.
    """
    return _sockets()[0].fileno()


def _note(_number: int, _frame: FrameType | None) -> None:
    global _requested  # noqa: PLW0603 - a process is interrupted, not an object
    _requested = True


def _sockets() -> tuple[socket.socket, socket.socket]:
    """Return the two ends of the wake-up; made on first use, since most processes need none."""
    global _wake_up  # noqa: PLW0603 - likewise
    if _wake_up is None:
        _wake_up = socket.socketpair()
        for end in _wake_up:
            end.setblocking(False)
    return _wake_up


def _forget() -> None:
    """Undo `install_handlers` in a forked process: signals to it concern neither us nor our wake-up."""
    global _requested, _wake_up
    if _wake_up is None:
        return
    if _before:
        signal.set_wakeup_fd(-1)
        for number, handler in _before.items():
            if signal.getsignal(number) is _note:
                signal.signal(number, handler)
        _before.clear()
    for end in _wake_up:
        end.close()
    _requested, _wake_up = False, None


os.register_at_fork(after_in_child=_forget)
