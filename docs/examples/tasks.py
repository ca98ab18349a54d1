"""The two functions that docs/guides/reading-results.md measures: one waits, the other one computes."""

import time


def page(number: int) -> int:
    """Wait as long as a web server nearby takes to answer."""
    time.sleep(0.010)
    return number


def parse(number: int) -> int:
    """Compute for a millisecond or so, in Python."""
    return sum(value * value for value in range(number, number + 20_000))
