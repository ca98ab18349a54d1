"""How much observing may cost: what takes long is done less often, so that it does not change what is observed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

SHARE = 0.02  # of the time of a run, on one core


class Effort:
    """Counts the time that observing has taken, from the moment this is made."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._spent = 0.0

    @property
    def affordable(self) -> bool:
        """Whether observing has taken less than its share."""
        return self._spent <= SHARE * (time.monotonic() - self._began)

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count the time of a block."""
        began = time.monotonic()
        yield
        self._spent += time.monotonic() - began
