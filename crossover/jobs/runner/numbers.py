"""A set of line numbers, one bit each: an input may have any number of lines."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Protocol

GROWS_BY = 2**16  # bytes


class Skipped(Protocol):
    """Numbers of lines that are not to be done.

    Attributes:
        largest: none is larger.
    """

    @property
    def largest(self) -> int:
        """The largest one."""

    def __contains__(self, number: int) -> bool:
        """Return whether a line is not to be done."""


class Numbers:
    """Line numbers, from 1."""

    def __init__(self) -> None:
        self._bits = bytearray()
        self.count = 0
        self.largest = 0

    def add(self, number: int) -> bool:
        """Add a number; return whether it is new."""
        place, bit = number >> 3, 1 << (number & 7)
        if place >= len(self._bits):
            self._bits.extend(bytes(place + 1 - len(self._bits) + GROWS_BY))
        if self._bits[place] & bit:
            return False
        self._bits[place] |= bit
        self.count += 1
        self.largest = max(self.largest, number)
        return True

    def add_all(self, numbers: Iterable[int]) -> None:
        """Add many numbers."""
        for number in numbers:
            self.add(number)

    def update(self, others: Numbers) -> None:
        """Add the numbers of another set."""
        for place, bits in enumerate(others._bits):
            for bit in range(8) if bits else ():
                if bits >> bit & 1:
                    self.add(place * 8 + bit)

    def __contains__(self, number: int) -> bool:
        place = number >> 3
        return place < len(self._bits) and bool(self._bits[place] & (1 << (number & 7)))

    def __bool__(self) -> bool:
        return bool(self.count)


class AllBut:
    """All numbers but a few.

    Args:
        few: these.
    """

    largest = sys.maxsize

    def __init__(self, few: Numbers) -> None:
        self._few = few

    def __contains__(self, number: int) -> bool:
        return number not in self._few


class Also:
    """Numbers of lines that are not to be done, and some more.

    Args:
        skipped: these.
        more: more of them.
    """

    def __init__(self, skipped: Skipped, more: Numbers) -> None:
        self._skipped, self._more = skipped, more
        self.largest = max(skipped.largest, more.largest)

    def __contains__(self, number: int) -> bool:
        return number in self._more or number in self._skipped
