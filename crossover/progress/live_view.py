"""The view on a terminal: a block that is drawn again in the same place."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import partial

from rich.console import Console

from crossover.execution.measure import Phase
from crossover.progress.block import block
from crossover.progress.log_lines import LogLines
from crossover.progress.progress import Progress, Schedule, Step
from crossover.progress.screen import Screen, view_on_stderr
from crossover.progress.tally import Tally

CLOCK = 1.0  # seconds until time alone is a reason to draw: each time takes CPU time from what is measured


class LiveView(Tally):
    """Draws a block and keeps it up to date.

    It draws only on an event, in the thread that supervises the runs.

    Args:
        schedule: what is to come.
        console: the terminal.
        clock: returns seconds.
    """

    def __init__(self, schedule: Schedule, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(schedule, clock)
        self._screen = Screen(console, clock)
        self._stays: list[str] = []

    def start(self, step: Step) -> None:
        """Show it."""
        super().start(step)
        self._draw()

    def enter(self, phase: Phase) -> None:
        """Show the phase if it is new; else show the time."""
        before = [one.phase for one in self.running]
        super().enter(phase)
        if before != [one.phase for one in self.running]:
            self._draw()
        else:
            self._draw_clock()

    def advance(self, tasks: int) -> None:
        """Show the first rate at once, then once a second."""
        before = [one.rate for one in self.running]
        super().advance(tasks)
        if before == [None] != [one.rate for one in self.running]:
            self._draw()
        else:
            self._draw_clock()

    def skip(self, step: Step, reason: str, steps: int = 1, *, in_result: bool = True) -> None:
        """Show it as a warning, which stays at the end if the result does not report it."""
        super().skip(step, reason, steps, in_result=in_result)
        self._stays += [] if in_result else self.warnings[-1:]
        self._draw()

    def stands(self, standings: Mapping[str, str]) -> None:
        """Show it."""
        super().stands(standings)
        self._draw()

    def warn(self, name: str, what: str) -> None:
        """Show it as a warning, which stays at the end."""
        super().warn(name, what)
        self._stays.append(self.warnings[-1])
        self._draw()

    def start_other(self, what: str) -> None:
        """Show it."""
        super().start_other(what)
        self._draw()

    def close(self) -> None:
        """Remove the block; warnings that the result does not report stay."""
        self._screen.close(self._stays)
        self._stays.clear()

    def _draw_clock(self) -> None:
        if self.clock() - self._screen.drawn_at >= CLOCK:
            self._draw()

    def _draw(self) -> None:
        self._screen.draw(lambda width, height: block(self, width, height))


def progress_view(schedule: Schedule, *, quiet: bool) -> AbstractContextManager[Progress]:
    """Show the progress on standard error: a live view on a terminal, else a log.

    Args:
        schedule: what the command does.
        quiet: show nothing.
    """
    return view_on_stderr(Progress, partial(LiveView, schedule), partial(LogLines, schedule), quiet=quiet)
