"""The view of a running job, on standard error: a block on a terminal, else a line now and then."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from functools import partial

from rich.console import Console

from crossover.jobs.runner.shown.block import block, counted, speed
from crossover.jobs.runner.shown.status import Status
from crossover.progress.screen import Screen, view_on_stderr
from crossover.progress.time_spans import left

LOOK_EVERY = 0.5  # seconds
FIRST_LINE, LINE_EVERY = 5.0, 60.0  # seconds: a log has the first line after the one, and further ones ever later


class View:
    """Shows nothing."""

    def look(self) -> None:
        """Show how far the job is, if it is time; called many times a second."""

    def close(self) -> None:
        """Remove the view."""


class LiveView(View):
    """Draws a block twice a second.

    Args:
        status: of the job.
        console: the terminal.
        clock: returns seconds.
    """

    def __init__(self, status: Status, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        self._status, self._screen, self._clock = status, Screen(console, clock), clock
        self._next = 0.0

    def look(self) -> None:
        """Draw it, if half a second has passed."""
        now = self._clock()
        if now >= self._next:
            self._next = now + LOOK_EVERY
            self._status.look()
            self._screen.draw(lambda width, height: block(self._status, width, height))

    def close(self) -> None:
        """Remove it."""
        self._screen.close()


class LogLines(View):
    """Writes a line after five seconds, then after twice as long each time, up to once a minute.

    Args:
        status: of the job.
        console: where to.
        clock: returns seconds.
    """

    def __init__(self, status: Status, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        self._status, self._console, self._clock = status, console, clock
        self._pause = FIRST_LINE
        self._next = clock() + self._pause

    def look(self) -> None:
        """Write a line, if it is time."""
        now = self._clock()
        if now < self._next:
            return
        self._pause = min(LINE_EVERY, 2 * self._pause)
        self._next = now + self._pause
        self._status.look()
        failed = f", {self._status.tally.failed:,} failed" if self._status.tally.failed else ""
        line = f"{counted(self._status)}{failed}, {speed(self._status)}, {left(self._status.time_left())}"
        with suppress(OSError):  # the log cannot be written; the job goes on
            self._console.print(line, markup=False, highlight=False, soft_wrap=True)


def job_view(status: Status, *, quiet: bool) -> AbstractContextManager[View]:
    """Show how far a job is.

    Args:
        status: of the job.
        quiet: show nothing.
    """
    return view_on_stderr(View, partial(LiveView, status), partial(LogLines, status), quiet=quiet)
