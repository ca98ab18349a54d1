"""What runs, what is done, and from these how long the rest takes."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from crossover.execution.measure import Phase
from crossover.progress.watcher import Turn


class TimeLeft(NamedTuple):
    """An estimate.

    Attributes:
        seconds: about how many.
        at_most: whether it may well be over before.
    """

    seconds: float
    at_most: bool


@dataclass
class Running:
    """What is being done.

    Attributes:
        turn: what it is.
        began, since, changed: when it began, when its phase did, when there was news, in seconds of the clock.
        nothing: until when none of its tasks was settled, likewise.
        phase: what it is at; None: nobody says.
        settled: how many of its tasks are.
        rate: tasks per second so far; None: too early to say.
    """

    turn: Turn
    began: float
    since: float
    changed: float
    nothing: float
    phase: Phase | None = Phase.STARTING
    settled: int = 0
    rate: float | None = None


@dataclass
class Row:
    """What has come out of turns that belong together.

    Attributes:
        turns: how many there will be.
        seconds: that each took, of those that are done.
        rates: of each.
        last: what came out of the last one, in words.
        begun: the number of its last turn, among all.
    """

    turns: int
    seconds: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    last: str = ""
    begun: int = 0

    @property
    def left(self) -> int:
        """How many turns are still to come."""
        return max(0, self.turns - len(self.seconds))


def seconds_left(rows: Sequence[Row], running: Sequence[tuple[Row, float]], left: int, lanes: int = 1) -> float | None:
    """Return how long the rest takes if each turn takes what those of its row took; where none has, what others took.

    Args:
        rows: all that there are so far.
        running: for each turn that has begun its row, and for how many seconds it has run.
        left: turns that have not ended, those included that have no row yet.
        lanes: how many go on at the same time.

    Returns:
        None where nothing has ended yet.
    """
    known = [statistics.mean(row.seconds) for row in rows if row.seconds]
    if not known:
        return None
    others = statistics.mean(known)

    def each(row: Row) -> float:
        return statistics.mean(row.seconds) if row.seconds else others

    seconds = sum(row.left * each(row) for row in rows)
    seconds += max(0, left - sum(row.left for row in rows)) * others
    seconds -= sum(min(passed, each(row)) for row, passed in running)
    return max(0.0, seconds / max(1, min(lanes, left)))
