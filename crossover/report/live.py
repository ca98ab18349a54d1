"""Progress on a terminal: a block that is drawn again in its place."""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live

from crossover.contract.phase import Phase
from crossover.report.block import block
from crossover.report.lines import Lines
from crossover.report.progress import Ahead, Silent, Turn
from crossover.report.tally import Tally
from crossover.workers.fleet import interrupts_held_back

OFTEN = 10  # times a second, at most
CLOCK = 1.0  # seconds until time alone is a reason to draw: each time takes the GIL from what is measured


class View(Tally):
    """Shows a block.

    It draws only when it is told something: a thread that draws would be one more thread in a process that forks. What
    others print is not caught, either: a worker that is forked would inherit what catches it, and draw.

    Args:
        ahead: what is to come.
        console: the terminal.
    """

    def __init__(self, ahead: Ahead, console: Console) -> None:
        super().__init__(ahead)
        self._console = console
        self._live = Live(
            self,
            console=console,
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
            vertical_overflow="crop",
        )
        self._drawn: deque[float] = deque([0.0], maxlen=OFTEN)
        self._stays: list[str] = []

    def begins(self, turn: Turn) -> None:
        """Show it."""
        super().begins(turn)
        self._draw()

    def at(self, phase: Phase) -> None:
        """Show it where it is new, and what time it is."""
        before = [one.phase for one in self.running]
        super().at(phase)
        if before != [one.phase for one in self.running]:
            self._draw()
        else:
            self._draw_clock()

    def settled(self, tasks: int) -> None:
        """Show how far it is as soon as there is a rate, then once a second."""
        before = [one.rate for one in self.running]
        super().settled(tasks)
        if before == [None] != [one.rate for one in self.running]:
            self._draw()
        else:
            self._draw_clock()

    def skipped(self, turn: Turn, reason: str, turns: int = 1) -> None:
        """Show it among the warnings."""
        super().skipped(turn, reason, turns)
        self._draw()

    def warns(self, name: str, what: str) -> None:
        """Show it, and leave it there in the end."""
        super().warns(name, what)
        self._stays.append(self.warnings[-1])
        self._draw()

    def besides(self, what: str) -> None:
        """Show it."""
        super().besides(what)
        self._draw()

    def close(self) -> None:
        """Take the block away; what is said nowhere else stays."""
        with interrupts_held_back(), suppress(OSError):
            self._live.stop()
            for line in self._stays:
                self._console.print(line, markup=False, highlight=False, soft_wrap=True)
            self._stays.clear()

    def _draw_clock(self) -> None:
        if self.clock() - self._drawn[-1] >= CLOCK:
            self._draw()

    def _draw(self) -> None:
        now = self.clock()
        if self._console.quiet or (len(self._drawn) == OFTEN and now - self._drawn[0] < 1):
            return
        self._drawn.append(now)
        try:
            with interrupts_held_back():  # half a block could not be taken away
                self._live.start()
                self._live.refresh()
        except OSError:  # the terminal has gone; the runs go on
            self._console.quiet = True

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Lay it out for the terminal as it is now."""
        yield from block(self, options.max_width, console.size.height)


class _Patient(Console):
    """Writes nothing more where nobody reads any more; the runs go on."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), self.file.fileno())  # what is left is flushed at the end


@contextmanager
def shown(ahead: Ahead, *, quiet: bool) -> Iterator[Silent]:
    """Show the progress, as suits standard error.

    Args:
        ahead: what is to come.
        quiet: show nothing.
    """
    console = _Patient(stderr=True)
    watcher = Silent() if quiet else View(ahead, console) if _can_redraw(console) else Lines(ahead, console)
    try:
        yield watcher
    finally:
        watcher.close()


def _can_redraw(console: Console) -> bool:
    plain = console.is_dumb_terminal or console.options.ascii_only
    return sys.stderr.isatty() and console.is_interactive and not plain
