"""Puts the lines of an output into the order of its input; what comes too early waits, up to a bound."""

from __future__ import annotations

from crossover.jobs.lines import start_of
from crossover.jobs.runner.numbers import Numbers

MOST_LINES, MOST_BYTES = 100_000, 2**26  # that wait
NULL = b"null\n"  # where bare values are written, and a line has none


class Order:
    """Holds lines until those before them are there.

    Args:
        done: numbers of the lines that are there already.
        values: whether bare values are written, and null for what has none.
        written: bare values that are there already: what is done beyond them has failed, and needs its null.
    """

    def __init__(self, done: Numbers, *, values: bool = False, written: int = 0) -> None:
        self._done = done
        self._values, self._written = values, written
        self._held: dict[int, bytes | None] = {}
        self._bytes = 0
        self._next = 1

    def may_begin(self, number: int) -> bool:
        """Return whether there is room for a line, until all before it are there."""
        return number <= self._next or (number - self._next < MOST_LINES and self._bytes < MOST_BYTES)

    def add(self, number: int, line: bytes | None) -> None:
        """Add a line of the output; None: it has no value."""
        if line is not None and self._values:
            line = line[start_of(number) : -2] + b"\n"
        self._held[number] = line
        self._bytes += len(line or b"")

    def take(self) -> bytes:
        """Return the lines whose turn it is."""
        taken: list[bytes] = []
        while True:
            number = self._next
            if number in self._held:
                line = self._held.pop(number)
                self._bytes -= len(line or b"")
            elif number in self._done:
                line = None if number > self._written else b""
            else:
                return b"".join(taken)
            if line is None and self._values:
                line = NULL
            if line:  # there may be millions of others
                taken.append(line)
            self._next += 1

    def waiting(self) -> int:
        """Return how many lines with a value wait for those before them."""
        return sum(line is not None for line in self._held.values())
