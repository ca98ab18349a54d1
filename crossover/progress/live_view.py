"""Progress on a terminal: a block that is drawn again in its place."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.text import Text

from crossover.contract.text import readable
from crossover.execution.measure import Phase
from crossover.progress.block import block
from crossover.progress.log_lines import Lines
from crossover.progress.tally import Tally
from crossover.progress.watcher import Ahead, Silent, Turn
from crossover.report.terminal.console import PipeSafeConsole, give_up
from crossover.workers.fleet import interrupts_held_back

OFTEN = 10  # times a second, at most
CLOCK = 1.0  # seconds until time alone is a reason to draw: each time takes the GIL from what is measured
ERASE, UP, HIDE, SHOW = "\r\x1b[J", "\x1b[{}A", "\x1b[?25l", "\x1b[?25h"


class View(Tally):
    """Shows a block.

    It draws only when it is told something: a thread that draws would be one more thread in a process that forks.

    The cursor waits where the block begins, and all below is drawn anew: what others print meanwhile stays above, and
    it does not matter what a terminal that became narrower has made of the old one. Rich's Live leaves the cursor at
    the end, and catches what is printed; a worker that is forked would inherit what catches it, and draw.

    Args:
        ahead: what is to come.
        console: the terminal.
        clock: returns seconds.
    """

    def __init__(self, ahead: Ahead, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(ahead, clock)
        self._console = console
        self._drawn: deque[float] = deque([0.0], maxlen=OFTEN)
        self._stays: list[str] = []
        self._there = False  # the block

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

    def skipped(self, turn: Turn, reason: str, turns: int = 1, *, said_again: bool = True) -> None:
        """Show it among the warnings; leave it there in the end where nothing else says it."""
        super().skipped(turn, reason, turns, said_again=said_again)
        self._stays += [] if said_again else self.warnings[-1:]
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
        """Write all of it, undisturbed by Ctrl-C: half a block could not be taken away."""
        try:
            with interrupts_held_back():
                self._console.file.write(text)
                self._console.file.flush()
        except OSError:  # nobody is there any more; the runs go on
            give_up(self._console.file)


@contextmanager
def shown(ahead: Ahead, *, quiet: bool) -> Iterator[Silent]:
    """Show the progress, as suits standard error.

    Args:
        ahead: what is to come.
        quiet: show nothing.
    """
    console = PipeSafeConsole(stderr=True)
    watcher = Silent() if quiet else View(ahead, console) if _can_redraw(console) else Lines(ahead, console)
    try:
        yield watcher
    finally:
        watcher.close()


def _can_redraw(console: Console) -> bool:
    plain = console.is_dumb_terminal or console.options.ascii_only
    return sys.stderr.isatty() and console.is_interactive and not plain
