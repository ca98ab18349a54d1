"""The events of a running command. A view on a terminal and a log elsewhere listen to them, on standard error."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

from crossover.execution.measure import Phase


class Schedule(NamedTuple):
    """What a command is going to do, and how the view names it.

    Attributes:
        runs: number of runs, at most.
        probes: number of probes, at most.
        at_most: whether there may be fewer runs.
        time_limit: seconds after which the command stops.
        parallel: how many runs happen at the same time.
        title: heading of the view; empty: none.
        unit: what a run is called, in the plural.
        row_heading: what has a row in the table.
        figure_heading: what the table shows of a row.
    """

    runs: int
    probes: int = 0
    at_most: bool = False
    time_limit: float = math.inf
    parallel: int = 1
    title: str = ""
    unit: str = "runs"
    row_heading: str = "transport"
    figure_heading: str = "tasks/s"

    @property
    def all(self) -> int:
        """Number of runs and probes."""
        return self.runs + self.probes


class Step(NamedTuple):
    """One run or probe.

    Attributes:
        name: its name in the view.
        round: which repetition it is, from 1 on.
        rounds: number of repetitions, at most; 0: it is no repetition of anything.
        tasks: number of tasks; 0: not known in advance.
        row: name of its row in the table; empty: it is a probe and has none.
        in_row: number of steps in that row, at most.
    """

    name: str
    round: int = 1
    rounds: int = 1
    tasks: int = 0
    row: str = ""
    in_row: int = 1


class Progress:
    """Receives the events of a command and shows nothing; views override what they show."""

    def start(self, step: Step) -> None:
        """A step starts."""

    def enter(self, phase: Phase) -> None:
        """The running step is in this phase; called several times a second, so that clocks advance."""

    def advance(self, tasks: int) -> None:
        """This number of tasks of the running step is settled; called several times a second while it is measured."""

    def finish(self, step: Step, summary: str, rate: float | None = None, problem: str = "") -> None:
        """A step has finished.

        Args:
            step: as it started.
            summary: what came of it, in a few words.
            rate: the same in tasks or updates per second, where it is a rate.
            problem: what went wrong; the result reports it, too.
        """

    def stands(self, standings: Mapping[str, str]) -> None:
        """A round is over: what the rounds so far have shown.

        Args:
            standings: name of a row → where it stands, in words.
        """

    def skip(self, step: Step, reason: str, steps: int = 1, *, in_result: bool = True) -> None:
        """Steps are left out.

        Args:
            step: the first of them.
            reason: why.
            steps: how many.
            in_result: whether the result reports it, too.
        """

    def warn(self, name: str, what: str) -> None:
        """Something is wrong that the result does not report."""

    def start_other(self, what: str) -> None:
        """Something starts that is neither a run nor a probe."""

    def close(self) -> None:
        """Remove the view."""
