"""What a person is told while it runs: a view on a terminal, a line per run elsewhere. Always on standard error."""

from __future__ import annotations

import math
from typing import NamedTuple

from crossover.execution.measure import Phase


class Ahead(NamedTuple):
    """What is to come.

    Attributes:
        runs: how many, at most.
        beside: how many probes, at most.
        at_most: whether there may well be fewer.
        limit: seconds after which it stops.
        lanes: how many happen at the same time.
        title: what all this is; nothing: the command says it.
        what: the runs, in a word.
        rows: what has a row in the table, in a word.
        figure: what there is to be told about a row.
    """

    runs: int
    beside: int = 0
    at_most: bool = False
    limit: float = math.inf
    lanes: int = 1
    title: str = ""
    what: str = "runs"
    rows: str = "transport"
    figure: str = "tasks/s"

    @property
    def all(self) -> int:
        """How many, probes included."""
        return self.runs + self.beside


class Turn(NamedTuple):
    """What is done in one turn.

    Attributes:
        name: what to call it.
        round: which repetition.
        rounds: how many of them there will be, at most.
        tasks: how many it has; 0: nobody knows before.
        row: where it is counted; nothing: it is a probe.
        turns: how many turns that row will have, at most.
    """

    name: str
    round: int = 1
    rounds: int = 1
    tasks: int = 0
    row: str = ""
    turns: int = 1


class Silent:
    """Shows nothing."""

    def begins(self, turn: Turn) -> None:
        """Take note that it begins."""

    def at(self, phase: Phase) -> None:
        """Take note of what it is at; called several times a second, so that time goes on."""

    def settled(self, tasks: int) -> None:
        """Take note of how many of its tasks are settled; called several times a second while it is measured."""

    def ended(self, turn: Turn, came_out: str, rate: float | None = None, trouble: str = "") -> None:
        """Take note of what came out.

        Args:
            turn: as it began.
            came_out: what, in a few words.
            rate: per second, where that is what came out.
            trouble: what is not as it should be, in words; the result says it, too.
        """

    def skipped(self, turn: Turn, reason: str, turns: int = 1, *, said_again: bool = True) -> None:
        """Take note of what will not be.

        Args:
            turn: the first one.
            reason: why.
            turns: how many, with those that would have followed.
            said_again: whether the result says it, too.
        """

    def warns(self, name: str, what: str) -> None:
        """Take note of something that is said nowhere else."""

    def besides(self, what: str) -> None:
        """Take note of what is done beside the turns."""

    def close(self) -> None:
        """Take the progress away."""
