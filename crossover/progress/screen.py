"""A block of lines on a terminal, which is drawn again in the same place."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol, TypeVar

from rich.console import Console
from rich.text import Text

from crossover.contract.text import readable
from crossover.report.descriptors import discard
from crossover.report.terminal.console import PipeSafeConsole

OFTEN = 10  # times a second, at most
ERASE, UP, HIDE, SHOW = "\r\x1b[J", "\x1b[{}A", "\x1b[?25l", "\x1b[?25h"


class View(Protocol):
    """What is shown while something goes on."""

    def close(self) -> None:
        """Show it no longer."""


V = TypeVar("V", bound=View)


class Screen:
    """Draws a block.

    The cursor stays at the beginning of the block, and everything below it is erased before the block is drawn again:
    so output of other processes stays above it, and a narrower terminal does no harm. Rich's Live is not used: it
    redirects standard output, where only the result may go.

    Args:
        console: the terminal.
        clock: returns seconds.
    """

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        self._console, self._clock = console, clock
        self._drawn: deque[float] = deque([0.0], maxlen=OFTEN)
        self._there = False  # the block

    @property
    def drawn_at(self) -> float:
        """When it was drawn last, in seconds of the clock."""
        return self._drawn[-1]

    def draw(self, block: Callable[[int, int], Sequence[Text]]) -> None:
        """Draw the block, unless that has been done too often in the last second.

        Args:
            block: returns the lines for a width and a height.
        """
        now = self._clock()
        if len(self._drawn) == OFTEN and now - self._drawn[0] < 1:
            return
        self._drawn.append(now)
        lines = block(*self._console.size)
        with self._console.capture() as captured:
            self._console.print(Text("\n").join(lines), end="", no_wrap=True, overflow="ignore", crop=False)
        up = UP.format(len(lines) - 1) if len(lines) > 1 else ""
        self._there = True
        self._write(f"{HIDE}{ERASE}{captured.get()}\r{up}")

    def close(self, stays: Iterable[str] = ()) -> None:
        """Remove the block.

        Args:
            stays: lines that are written instead.
        """
        if self._there:
            self._write(f"{ERASE}{SHOW}")
            self._there = False
        self._write("".join(f"{readable(line)}\n" for line in stays))

    def _write(self, text: str) -> None:
        try:
            self._console.file.write(text)
            self._console.file.flush()
        except OSError:  # the terminal is closed; what is done goes on
            discard(self._console.file)


def can_redraw(console: Console) -> bool:
    """Return whether a block can be drawn there."""
    plain = console.is_dumb_terminal or console.options.ascii_only
    return sys.stderr.isatty() and console.is_interactive and not plain


@contextmanager
def view_on_stderr(
    silent: Callable[[], V], live: Callable[[Console], V], log: Callable[[Console], V], *, quiet: bool
) -> Iterator[V]:
    """Show something on standard error, until the block ends.

    Args:
        silent: makes what shows nothing.
        live: makes a block, for a terminal on which it can be drawn again.
        log: makes lines, for all else.
        quiet: show nothing.
    """
    console = PipeSafeConsole(stderr=True)
    view = silent() if quiet else (live if can_redraw(console) else log)(console)
    try:
        yield view
    finally:
        view.close()
