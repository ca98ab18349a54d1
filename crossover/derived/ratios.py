"""A ratio as people read it: by how many percent more or less, with the interval."""

from __future__ import annotations

from crossover.results.conclusions.findings import Ratio

SEVERAL = 2.0  # from this multiple on it is said as a multiple: +303% reads badly
MOST_DIGITS = 2


def of_throughput(slower: float, low: float, high: float, rounds: int) -> Ratio:
    """Return what is slower by a part of the throughput, with the interval, as a ratio: below 1 where it is slower."""
    return Ratio(1 - slower, 1 - high, 1 - low, 1.0, rounds)


def against(found: Ratio) -> str:
    """Return by how much a figure differs from the one that it is compared with: -5% (-8 to -1%)."""
    if found.ratio >= SEVERAL:
        return f"{multiple(found.ratio)} ({between(found)})"
    return f"{_percent(found.ratio, _digits(found))} ({between(found)})"


def between(found: Ratio) -> str:
    """Return the interval: -8 to -1%."""
    if found.ratio >= SEVERAL:
        return f"{found.low:.3g} to {multiple(found.high)}"
    digits = _digits(found)
    return f"{_percent(found.low, digits).removesuffix('%')} to {_percent(found.high, digits)}"


def change(ratio: float) -> str:
    """Return a ratio without an interval, as an older version recorded it."""
    return multiple(ratio) if ratio >= SEVERAL else _percent(ratio, 0)


def multiple(ratio: float) -> str:
    """Return a ratio as a multiple."""
    return f"{ratio:.3g} ×"


def _digits(found: Ratio) -> int:
    """Return the fewest digits with which both ends of an interval can be told from 0 and from each other."""
    for digits in range(MOST_DIGITS):
        low, high = (round(100 * (end - 1), digits) for end in (found.low, found.high))
        if low and high and low != high:
            return digits
    return MOST_DIGITS


def _percent(ratio: float, digits: int) -> str:
    changed = round(100 * (ratio - 1), digits)
    return f"{changed:+.{digits}f}%" if changed else "0%"
