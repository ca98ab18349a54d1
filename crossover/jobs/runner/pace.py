"""How many lines travel together, and how many are out at once."""

from __future__ import annotations

TOGETHER_FOR = 0.02  # seconds of work in one message: what a message costs is less than a hundredth of that
MOST_TOGETHER = 10_000
GROWS_BY = 4  # times as many as before, at most
REMEMBERS = 8  # chunks


class Pace:
    """Learns what a line takes.

    Args:
        most_in_flight: lines that are out at once; 0: no limit.
    """

    def __init__(self, most_in_flight: int) -> None:
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

    def together(self, out: int) -> int:
        """Return how many lines may travel together next.

        Args:
            out: lines that are out.
        """
        wanted = 1
        if self._seconds_each is not None:
            wanted = int(min(self._largest, TOGETHER_FOR / max(self._seconds_each, 1e-9)))
        if self._most:
            wanted = min(wanted, self._most - out)
        return max(1, wanted)

    def may_go(self, out: int) -> bool:
        """Return whether another line may be out."""
        return not self._most or out < self._most
