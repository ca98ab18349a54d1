"""How many lines may begin per second."""

from __future__ import annotations

import sys
import time

TOGETHER_FOR = 0.02  # seconds of a rate that travel in one message
CATCHES_UP = 0.1  # seconds that may be made good: the command looks now and then, not all the time


class Rate:
    """Lets lines go one after the other, as a clock does: what was not used is not saved up.

    Args:
        per_second: lines, of all workers together, each attempt counted; 0: any number.
    """

    def __init__(self, per_second: float) -> None:
        self._per_second = per_second
        self._next = 0.0

    def room(self) -> int:
        """Return how many lines may go now."""
        if not self._per_second:
            return sys.maxsize
        return 0 if time.monotonic() < self._next else max(1, int(self._per_second * TOGETHER_FOR))

    def take(self, lines: int) -> None:
        """Some lines go."""
        if self._per_second:
            self._next = max(self._next, time.monotonic() - CATCHES_UP) + lines / self._per_second

    def pause(self, longest: float) -> float:
        """Return the seconds until another line may go, at most `longest`."""
        left = self._next - time.monotonic()
        return max(0.0, min(longest, left)) if self._per_second and left > 0 else longest
