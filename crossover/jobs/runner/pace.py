"""How many lines travel together, and how many are out at once."""

from __future__ import annotations

from crossover.jobs.runner.limits.rate import Rate

TOGETHER_FOR = 0.02  # seconds of work in one message: what a message costs is less than a hundredth of that
MOST_TOGETHER = 10_000
GROWS_BY = 4  # times as many as before, at most
REMEMBERS = 8  # chunks
PART_OF_TIME = 4  # a message takes a quarter, at most, of the time that its worker has


class Pace:
    """Learns what a line takes.

    Args:
        rate: how many may begin per second.
        most_in_flight: lines that are out at once; 0: no limit.
    """

    def __init__(self, rate: Rate, most_in_flight: int) -> None:
        self._rate = rate
        self._most = most_in_flight
        self._seconds_each: float | None = None
        self._largest = 1

    def learn(self, lines: int, seconds: float) -> None:
        """Some lines have taken so many seconds together."""
        each = seconds / lines
        if self._seconds_each is None:
            self._seconds_each = each
        self._seconds_each += (each - self._seconds_each) / REMEMBERS
        self._largest = min(MOST_TOGETHER, max(self._largest, GROWS_BY * lines))

    def room(self, out: int) -> int:
        """Return how many lines may go now.

        Args:
            out: lines that are out.
        """
        room = self._rate.room()
        return max(0, min(room, self._most - out)) if self._most else room

    def together(self, within: float | None) -> int:
        """Return how many new lines may travel together.

        Args:
            within: seconds that one may take; None: any time.
        """
        if self._seconds_each is None:
            return 1
        seconds = TOGETHER_FOR if within is None else min(TOGETHER_FOR, within / PART_OF_TIME)
        return max(1, int(min(self._largest, seconds / max(self._seconds_each, 1e-9))))
