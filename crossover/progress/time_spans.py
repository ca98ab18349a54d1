"""Spans of time in words: elapsed, left, time of day."""

from __future__ import annotations

import time
from typing import NamedTuple

MINUTE, HOUR = 60, 3600
EXACT = 90  # seconds; of what is longer, an estimate has no seconds
STEP = 5  # seconds, of an estimate


class TimeLeft(NamedTuple):
    """An estimate.

    Attributes:
        seconds: about how many.
        at_most: whether the end may come much earlier.
    """

    seconds: float
    at_most: bool


def passed(seconds: float) -> str:
    """Return a span: 45 s, 2 min 05 s, 1 h 02 min."""
    whole = int(seconds)
    if whole < MINUTE:
        return f"{whole} s"
    if whole < HOUR:
        return f"{whole // MINUTE} min {whole % MINUTE:02} s"
    return f"{whole // HOUR} h {whole % HOUR // MINUTE:02} min"


def left(time_left: TimeLeft | None) -> str:
    """Return an estimate in words, rounded to what it is worth."""
    if time_left is None:
        return "time left unknown"
    if time_left.seconds < STEP:
        return f"less than {STEP} s left"
    return f"{'at most' if time_left.at_most else 'about'} {_roughly(time_left.seconds)} left"


def time_of_day(seconds_ago: float) -> str:
    """Return the time of day, a number of seconds ago."""
    return time.strftime("%H:%M:%S", time.localtime(time.time() - seconds_ago))


def _roughly(seconds: float) -> str:
    if seconds < EXACT:
        return f"{round(seconds / STEP) * STEP} s"
    if seconds < EXACT * MINUTE:
        return f"{round(seconds / MINUTE)} min"
    return f"{seconds / HOUR:.1f} h"
