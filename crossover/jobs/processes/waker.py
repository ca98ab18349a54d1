"""Wakes a thread that waits for descriptors; from any thread, also while the garbage collector runs in it."""

from __future__ import annotations

import os
import threading
from contextlib import suppress


class Waker:
    """A pipe that is readable when the thread has to look at something.

    The lock is one that its owner can take again: a finaliser may call `wake` in the middle of another call.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._reader = self._writer = -1

    def open(self) -> int:
        """Make the pipe; return the descriptor to wait for."""
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.set_blocking(self._writer, False)
        return self._reader

    def wake(self) -> None:
        """Wake the thread, if there is one."""
        with self._lock, suppress(BlockingIOError):  # a full pipe wakes it, too
            if self._writer >= 0:
                os.write(self._writer, b"x")

    def drain(self) -> None:
        """Forget that it was woken."""
        with suppress(BlockingIOError):
            os.read(self._reader, 2**16)

    def close(self) -> None:
        """Close the pipe; `wake` does nothing any more: the descriptor may be another's soon."""
        with self._lock:
            ends, self._reader, self._writer = (self._reader, self._writer), -1, -1
            for end in ends:
                if end >= 0:
                    os.close(end)
