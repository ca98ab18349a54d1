"""Lines that are tried again, after a pause that grows and is drawn at random."""

from __future__ import annotations

import heapq
import itertools
import random
import time

from crossover.jobs.runner.chunk import Chunk

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 60.0  # seconds
MOST_WAITING = 10_000  # lines; while so many wait, no new ones are read


class Retries:
    """Lines that wait for another attempt."""

    def __init__(self) -> None:
        self._waiting: list[tuple[float, int, Chunk]] = []
        self._ordinals = itertools.count()

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, line: Chunk) -> None:
        """Let a line wait, longer after each attempt: exponential backoff with full jitter.

        Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
        """
        pause = random.uniform(0, min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(line.attempts, 30)))  # noqa: S311 - no secret
        self.add_now(line, pause)

    def add_now(self, line: Chunk, pause: float = 0.0) -> None:
        """Let a line wait for a number of seconds."""
        heapq.heappush(self._waiting, (time.monotonic() + pause, next(self._ordinals), line))

    def due(self, most: int) -> Chunk | None:
        """Return what has waited for long enough; None where there is none.

        Args:
            most: lines; the others go on waiting.
        """
        if not self._waiting or self._waiting[0][0] > time.monotonic():
            return None
        first, *others = heapq.heappop(self._waiting)[2].parts(most)
        for other in others:
            self.add_now(other)
        return first

    def pause(self, longest: float) -> float:
        """Return the seconds until one is due, at most `longest`."""
        return max(0.0, min(longest, self._waiting[0][0] - time.monotonic())) if self._waiting else longest

    @property
    def is_full(self) -> bool:
        """Whether no new lines should be read."""
        return len(self._waiting) >= MOST_WAITING
