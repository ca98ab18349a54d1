"""How much observing may cost: what takes long is done less often, so that it does not change what is observed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

SHARE = 0.01  # of the time of a run, on one core


class Effort:
    """Counts the CPU time that one kind of observing has taken, from the moment this is made."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._spent = 0.0

    @property
    def affordable(self) -> bool:
        """Whether it has taken less than its share."""
        return self._spent <= SHARE * (time.monotonic() - self._began)

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count the CPU time of a block, in this thread."""
        began = time.thread_time()
        yield
        self._spent += time.thread_time() - began
