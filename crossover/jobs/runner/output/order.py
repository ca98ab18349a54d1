"""Puts the lines of an output into the order of its input; what comes too early waits, up to a bound."""

from __future__ import annotations

from crossover.jobs.lines import start_of
from crossover.jobs.runner.numbers import Numbers

MOST_LINES, MOST_BYTES = 100_000, 2**26  # that wait


class Order:
    """Holds lines until those before them are there.

    Args:
        done: numbers of the lines that are there already.
        values: whether bare values are written, and null for what has none.
    """

    def __init__(self, done: Numbers, *, values: bool = False) -> None:
        self._done = done
        self._values = values
        self._held: dict[int, bytes] = {}
        self._bytes = 0
        self._next = 1

    def may_begin(self, number: int) -> bool:
        """Return whether there is room for a line, until all before it are there."""
        return number <= self._next or (number - self._next < MOST_LINES and self._bytes < MOST_BYTES)

    def add(self, number: int, line: bytes | None) -> None:
        """Add a line of the output; None: it has no value."""
        held = line or b""
        if self._values:
            held = b"null\n" if line is None else line[start_of(number) : -2] + b"\n"
        self._held[number] = held
        self._bytes += len(held)

    def take(self) -> bytes:
        """Return the lines whose turn it is."""
        taken: list[bytes] = []
        while True:
            if self._next in self._held:
                taken.append(self._held.pop(self._next))
            elif self._next not in self._done:
                break
            self._next += 1
        lines = b"".join(taken)
        self._bytes -= len(lines)
        return lines
