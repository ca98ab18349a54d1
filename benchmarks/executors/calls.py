"""What the executors run: workers import it from here."""

from __future__ import annotations

import os
import signal
import time


def noop(number: int) -> int:
    """Return what was given."""
    return number


def millisecond(number: int) -> int:
    """Take a millisecond of CPU time."""
    until = time.perf_counter() + 0.001
    while time.perf_counter() < until:
        pass
    return number


def kill_every_200th(number: int) -> int:
    """End this process for one number in 200."""
    if number % 200 == 100:  # noqa: PLR2004
        os.kill(os.getpid(), signal.SIGKILL)
    return number
