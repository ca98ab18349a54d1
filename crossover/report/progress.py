"""What a person sees while it runs: a bar on a terminal, a line per run elsewhere. Always on standard error."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from crossover.contract.records import End

SOONEST = 0.3  # seconds until a rate says something


class Silent:
    """Shows nothing."""

    def begins(self, label: str, round_number: int, tasks: int = 1) -> None:
        """Take note that a run of so many tasks begins."""

    def settled(self, tasks: int) -> None:
        """Take note of how many tasks of the run are settled."""

    def ended(self, label: str, round_number: int, rate: str, ending: str) -> None:
        """Take note that a run has ended."""

    def skipped(self, label: str, reason: str) -> None:
        """Take note that something will not be measured (any more)."""

    def besides(self, what: str) -> None:
        """Take note of what is done beside the runs."""

    def close(self) -> None:
        """Take the progress away."""


class Lines(Silent):
    """One line for each run, for logs."""

    def __init__(self, runs: int, console: Console) -> None:
        self._console = console
        self._runs = runs
        self._done = 0

    def ended(self, label: str, round_number: int, rate: str, ending: str) -> None:
        """Write what came out."""
        self._done += 1
        self._console.print(
            f"[{self._done}/{self._runs}] round {round_number} {label}: {rate}"
            + (f" ({ending})" if ending != End.FINISHED else ""),
            markup=False,
            highlight=False,
            soft_wrap=True,
        )

    def skipped(self, label: str, reason: str) -> None:
        """Write why."""
        self._console.print(f"skipped {label}: {reason}", markup=False, highlight=False, soft_wrap=True)


class Bar(Silent):
    """A bar over all runs, with the tasks/s of this one and the time that is left.

    It draws only when it is told something: a thread that draws would be one more thread in a process that forks.
    """

    def __init__(self, runs: int, progress: Progress) -> None:
        self._tasks = 1
        self._progress = progress
        self._bar = progress.add_task("", total=runs, rate="")
        self._began = 0.0
        self._before = 0
        self._runs = 0

    def begins(self, label: str, round_number: int, tasks: int = 1) -> None:
        """Show which run it is."""
        self._tasks = tasks
        self._began = 0.0
        self._progress.update(self._bar, description=f"round {round_number} {label}", rate="", refresh=True)

    def settled(self, tasks: int) -> None:
        """Show how far it is."""
        now = time.monotonic()
        if not self._began:  # the first news: before it, workers start and warm up
            self._began, self._before = now, tasks
        elapsed = now - self._began
        rate = f"{(tasks - self._before) / elapsed:,.0f} tasks/s" if elapsed > SOONEST else ""
        done = self._runs + tasks / self._tasks
        self._progress.update(self._bar, completed=done, rate=rate, refresh=True)

    def ended(self, label: str, round_number: int, rate: str, ending: str) -> None:
        """Show what came out."""
        self._runs += 1
        self._progress.update(self._bar, completed=self._runs, rate=rate, refresh=True)

    def skipped(self, label: str, reason: str) -> None:
        """Leave a line above the bar."""
        self._progress.console.print(f"skipped {label}: {reason}", markup=False, highlight=False)

    def besides(self, what: str) -> None:
        """Show what is done."""
        self._progress.update(self._bar, description=what, rate="", refresh=True)

    def close(self) -> None:
        """Take the bar away."""
        self._progress.stop()


@contextmanager
def shown(runs: int, *, quiet: bool) -> Iterator[Silent]:
    """Show the progress, as suits standard error.

    Args:
        runs: how many there will be.
        quiet: show nothing.
    """
    console = Console(stderr=True)
    if quiet:
        yield Silent()
    elif not console.is_terminal or console.is_dumb_terminal:
        yield Lines(runs, console)
    else:
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(compact=True),
        )
        with Progress(*columns, console=console, auto_refresh=False, transient=True) as progress:
            yield Bar(runs, progress)
