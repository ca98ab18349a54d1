"""Progress where there is no terminal: a line for each run, for logs."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

from rich.console import Console

from crossover.progress.tally import Tally
from crossover.progress.time_spans import left
from crossover.progress.watcher import Ahead, Turn

WORTH = 60.0  # seconds; a shorter time left is not written


class Lines(Tally):
    """Writes one line for each run, and one for each warning.

    Args:
        ahead: what is to come.
        console: where to.
        clock: returns seconds.
    """

    def __init__(self, ahead: Ahead, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(ahead, clock)
        self._console = console

    def ended(self, turn: Turn, came_out: str, rate: float | None = None, trouble: str = "") -> None:
        """Write what came out, and how long the rest takes where that is long."""
        super().ended(turn, came_out, rate, trouble)
        line = f"[{self.done}/{self.ahead.all}] round {turn.round} {turn.name}: {came_out}"
        line += f" ({trouble})" if trouble else ""
        time_left = self.time_left()
        self._write(f"{line}; {left(time_left)}" if time_left and time_left.seconds >= WORTH else line)

    def skipped(self, turn: Turn, reason: str, turns: int = 1, *, said_again: bool = True) -> None:
        """Write why."""
        super().skipped(turn, reason, turns, said_again=said_again)
        self._write(self.warnings[-1])

    def warns(self, name: str, what: str) -> None:
        """Write it."""
        super().warns(name, what)
        self._write(self.warnings[-1])

    def _write(self, line: str) -> None:
        with suppress(OSError):  # a log that cannot be written; the runs go on
            self._console.print(line, markup=False, highlight=False, soft_wrap=True)
