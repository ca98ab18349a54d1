"""How a worker is asked to stop: once to finish what it has, twice to give it back."""

from __future__ import annotations

import signal
import threading
import time
from types import FrameType, TracebackType
from typing import Any, Self

from crossover.jobs.processes.fork_server import start_fork_server
from crossover.workers.processes.lifetime import start_resource_tracker

SIGNALS = (signal.SIGTERM, signal.SIGINT)


def start_deaf_fork_server() -> None:
    """Start the server that forks our processes, deaf to SIGTERM: systemd and shells send that to whole groups."""
    start_resource_tracker()  # whose start, as part of the other one, would unblock the signal
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})  # which it takes over
    try:
        start_fork_server()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Stop:
    """Counts SIGTERM and Ctrl-C, from `with` on.

    Attributes:
        asked: set from the first signal on.
        at_once: set when nothing may be waited for any more.

    Args:
        within: seconds from the first signal after which that is so without a second one; None: any time.
    """

    def __init__(self, within: float | None = None) -> None:
        self.asked = threading.Event()
        self.at_once = threading.Event()
        self._within = within
        self._since: float | None = None
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        for number in SIGNALS:
            self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    @property
    def requested(self) -> bool:
        """Whether it is to stop."""
        return self.asked.is_set()

    def request(self) -> None:
        """Ask it to stop; the second time at once."""
        if self._since is None:
            self._since = time.monotonic()
            self.asked.set()
        else:
            self.at_once.set()

    def is_over(self) -> bool:
        """Return whether what is not finished is to be given back."""
        if self._since is not None and self._within is not None and time.monotonic() - self._since >= self._within:
            self.at_once.set()
        return self.at_once.is_set()

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self.request()
