"""How long one line may take: a fixed time, or a multiple of what lines have taken so far."""

from __future__ import annotations

import statistics
from collections import deque
from typing import NamedTuple

REMEMBERS = 100  # messages, of whose lines the median is taken
AT_LEAST = 10  # messages, before there is a median
UNTIL_THEN = 600.0  # seconds: what hangs at the very beginning ends, too
SHORTEST = 1.0  # seconds, of a multiple: lines of a millisecond take longer now and then, through no fault of theirs


class TaskTimeout(NamedTuple):
    """What the user has said.

    Attributes:
        seconds: that a line may take; 0: see below.
        percent: of the median that it may take; 0: any time.
    """

    seconds: float = 0.0
    percent: float = 0.0


class TimeLimit:
    """Says how long a line may take.

    Args:
        timeout: what the user has said.
    """

    def __init__(self, timeout: TaskTimeout) -> None:
        self._timeout = timeout
        self._seconds: deque[float] = deque(maxlen=REMEMBERS)

    def learn(self, lines: int, seconds: float) -> None:
        """Some lines have taken so many seconds together."""
        if self._timeout.percent:
            self._seconds.append(seconds / lines)

    @property
    def is_learning(self) -> bool:
        """Whether there is no median yet: until then each line travels by itself, lest many are lost with one."""
        return bool(self._timeout.percent) and len(self._seconds) < AT_LEAST

    def now(self) -> float | None:
        """Return the seconds that a line may take; None: any time."""
        if not self._timeout.percent:
            return self._timeout.seconds or None
        if self.is_learning:
            return UNTIL_THEN
        return max(SHORTEST, statistics.median(self._seconds) * self._timeout.percent / 100)
