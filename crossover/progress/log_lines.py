"""The view where there is no terminal: a line for each run, for logs."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from rich.console import Console

from crossover.progress.progress import Schedule, Step
from crossover.progress.tally import Tally
from crossover.progress.time_spans import left

WORTH = 60.0  # seconds; a shorter time left is not written


class LogLines(Tally):
    """Writes one line for each run, and one for each warning.

    Args:
        schedule: what is to come.
        console: where to.
        clock: returns seconds.
    """

    def __init__(self, schedule: Schedule, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(schedule, clock)
        self._console = console

    def finish(self, step: Step, summary: str, rate: float | None = None, problem: str = "") -> None:
        """Write the summary, and the time left if it is long."""
        super().finish(step, summary, rate, problem)
        line = (
            f"[{self.done}/{self.schedule.all}] {f'round {step.round} ' if step.rounds else ''}{step.name}: {summary}"
        )
        line += f" ({problem})" if problem else ""
        time_left = self.time_left()
        self._write(f"{line}; {left(time_left)}" if time_left and time_left.seconds >= WORTH else line)

    def skip(self, step: Step, reason: str, steps: int = 1, *, in_result: bool = True) -> None:
        """Write why."""
        super().skip(step, reason, steps, in_result=in_result)
        self._write(self.warnings[-1])

    def stands(self, standings: Mapping[str, str]) -> None:
        """Write which rows stand alike, where that is new."""
        before = self.standings
        super().stands(standings)
        if self.standings != before:
            alike: dict[str, list[str]] = {}
            for name, words in self.standings.items():
                alike.setdefault(words, []).append(name)
            self._write("; ".join(f"{words}: {', '.join(names)}" for words, names in alike.items()))

    def warn(self, name: str, what: str) -> None:
        """Write it."""
        super().warn(name, what)
        self._write(self.warnings[-1])

    def _write(self, line: str) -> None:
        with suppress(OSError):  # the log cannot be written; the runs go on
            self._console.print(line, markup=False, highlight=False, soft_wrap=True)
