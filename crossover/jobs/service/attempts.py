"""When a worker tries a broker again that does not answer."""

from __future__ import annotations

import random
import threading
import time

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 5.0  # seconds
LOOK_EVERY = 0.25  # seconds until a thread that waits notices that it is to give up


def pause_before(attempt: int) -> float:
    """Return the pause before an attempt to connect, in seconds: anything up to a bound that doubles (full jitter).

    After https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter: workers that have lost the same
    broker do not all come back at the same moment.

    Args:
        attempt: from 0.
    """
    return random.uniform(0, min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(attempt, 16)))  # noqa: S311 - no secret


class Attempts:
    """The pauses of all threads of a worker: they are the same, and end for all when one has reached the broker.

    Attributes:
        failures: attempts that have failed one after the other.
    """

    def __init__(self) -> None:
        self.failures = 0
        self._due = 0.0
        self._lock = threading.Lock()
        self._reached = threading.Event()

    @property
    def is_due(self) -> bool:
        """Whether the pause is over."""
        return self._reached.is_set() or time.monotonic() >= self._due

    def failed(self, failures: int) -> bool:
        """An attempt has failed: the next pause begins, unless another thread has failed meanwhile; return whether.

        Args:
            failures: how many there were when it began.
        """
        with self._lock:
            if self.failures != failures:
                return False
            self._due = time.monotonic() + pause_before(failures)
            self._reached.clear()
            self.failures += 1
            return True

    def reached(self) -> None:
        """There is a connection again: who waits may try at once."""
        self._reached.set()

    def succeeded(self) -> None:
        """Something was done over the connection."""
        with self._lock:
            self.failures = 0
        self._reached.set()

    def wait(self, give_up: threading.Event) -> None:
        """Wait for the end of the pause, unless it is given up."""
        while not self.is_due and not give_up.is_set():
            self._reached.wait(min(LOOK_EVERY, max(0.0, self._due - time.monotonic())))
