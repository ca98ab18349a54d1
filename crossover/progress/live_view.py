"""The view on a terminal: a block that is drawn again in the same place."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console
from rich.text import Text

from crossover.contract.text import readable
from crossover.execution.measure import Phase
from crossover.progress.block import block
from crossover.progress.log_lines import LogLines
from crossover.progress.progress import Progress, Schedule, Step
from crossover.progress.tally import Tally
from crossover.report.descriptors import discard
from crossover.report.terminal.console import PipeSafeConsole

OFTEN = 10  # times a second, at most
CLOCK = 1.0  # seconds until time alone is a reason to draw: each time takes CPU time from what is measured
ERASE, UP, HIDE, SHOW = "\r\x1b[J", "\x1b[{}A", "\x1b[?25l", "\x1b[?25h"


class LiveView(Tally):
    """Draws a block and keeps it up to date.

    It draws only on an event, in the thread that supervises the runs.

    The cursor stays at the beginning of the block, and everything below it is erased before the block is drawn again:
    so output of other processes stays above it, and a narrower terminal does no harm. Rich's Live is not used: it
    redirects standard output, where only the result may go.

    Args:
        schedule: what is to come.
        console: the terminal.
        clock: returns seconds.
    """

    def __init__(self, schedule: Schedule, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(schedule, clock)
        self._console = console
        self._drawn: deque[float] = deque([0.0], maxlen=OFTEN)
        self._stays: list[str] = []
        self._there = False  # the block

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
        if self._there:
            self._write(f"{ERASE}{SHOW}")
            self._there = False
        self._write("".join(f"{readable(line)}\n" for line in self._stays))
        self._stays.clear()

    def _draw_clock(self) -> None:
        if self.clock() - self._drawn[-1] >= CLOCK:
            self._draw()

    def _draw(self) -> None:
        now = self.clock()
        if len(self._drawn) == OFTEN and now - self._drawn[0] < 1:
            return
        self._drawn.append(now)
        lines = block(self, *self._console.size)
        with self._console.capture() as captured:
            self._console.print(Text("\n").join(lines), end="", no_wrap=True, overflow="ignore", crop=False)
        up = UP.format(len(lines) - 1) if len(lines) > 1 else ""
        self._there = True
        self._write(f"{HIDE}{ERASE}{captured.get()}\r{up}")

    def _write(self, text: str) -> None:
        try:
            self._console.file.write(text)
            self._console.file.flush()
        except OSError:  # the terminal is closed; the runs go on
            discard(self._console.file)


@contextmanager
def progress_view(schedule: Schedule, *, quiet: bool) -> Iterator[Progress]:
    """Show the progress on standard error: a live view on a terminal, else a log.

    Args:
        schedule: what the command does.
        quiet: show nothing.
    """
    console = PipeSafeConsole(stderr=True)
    shown_by = LiveView if _can_redraw(console) else LogLines
    progress = Progress() if quiet else shown_by(schedule, console)
    try:
        yield progress
    finally:
        progress.close()


def _can_redraw(console: Console) -> bool:
    plain = console.is_dumb_terminal or console.options.ascii_only
    return sys.stderr.isatty() and console.is_interactive and not plain
