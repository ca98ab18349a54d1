"""Tests wait for conditions, never for time."""

import time

PATIENCE = 150
"""Seconds after which what a test waits for counts as hanging. Many more than it takes: on a busy machine a command
that needs two seconds takes a minute, and that is no fault of it."""


def eventually(condition, seconds=PATIENCE):
    """Wait for a condition; return whether it came true.

    What takes long is looked at less and less often: to look at all processes of a command takes milliseconds.
    """
    deadline, pause = time.monotonic() + seconds, 0.01
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
        pause = min(1.1 * pause, 0.03)
    return True


def workers_work(process, began, saved):
    """Wait until the workers of a command do tasks.

    The sample, from which it learns what a task takes, has done some tasks before: these do not count.

    Args:
        process: the command.
        began: a file that each task touches.
        saved: the result, which is written for the first time when the sample is known; beside it is what it said.
    """
    ended = process.poll
    eventually(lambda: ended() is not None or _newer(began, saved))
    said = saved.with_name("stderr").read_text()
    assert ended() is None, f"it has ended with status {ended()}, and said: {said}"
    assert _newer(began, saved), f"its workers do nothing; it said: {said}"


def _newer(one, other):
    """Return whether a file was changed after another one; both may not be there yet."""
    return one.exists() and other.exists() and one.stat().st_mtime_ns > other.stat().st_mtime_ns
