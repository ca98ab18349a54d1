"""Tests wait for conditions, never for time."""

import time


def eventually(condition, seconds=20.0):
    """Wait for a condition; return whether it came true. The time is there to catch what hangs, not to measure.

    What takes long is looked at less and less often: to look at all processes of a command takes milliseconds.
    """
    deadline, pause = time.monotonic() + seconds, 0.01
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
        pause = min(1.1 * pause, 0.03)
    return True
