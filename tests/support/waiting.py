"""Tests wait for conditions, never for time."""

import time


def eventually(condition, seconds=20.0):
    """Wait for a condition; return whether it came true. The time is there to catch what hangs, not to measure."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True
