"""How long the rest takes, from what runs and what is done."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

from crossover.execution.measure import Phase
from crossover.progress.progress import Step


@dataclass
class Running:
    """A step that runs.

    Attributes:
        step: the step.
        began, since, changed: when it, its phase and its last progress began, in seconds of the clock.
        nothing: until when no task was settled, likewise.
        phase: the phase it is in; None: it has none.
        settled: number of settled tasks.
        rate: tasks per second so far; None: too early to say.
    """

    step: Step
    began: float
    since: float
    changed: float
    nothing: float
    phase: Phase | None = Phase.STARTING
    settled: int = 0
    rate: float | None = None


@dataclass
class Row:
    """The steps of one row of the table.

    Attributes:
        steps: how many there will be.
        seconds: duration of each finished step.
        rates: rate of each, per second.
        last: summary of the last one, in words.
        begun: the number of its last step, among all.
    """

    steps: int
    seconds: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    last: str = ""
    begun: int = 0

    @property
    def left(self) -> int:
        """How many steps are still to come."""
        return max(0, self.steps - len(self.seconds))


def seconds_left(rows: Sequence[Row], running: Sequence[tuple[Row, float]], left: int, lanes: int = 1) -> float | None:
    """Return how long the rest takes if each step takes what those of its row took; where none has, what others took.

    Args:
        rows: all rows so far.
        running: for each step that has begun its row, and for how many seconds it has run.
        left: steps that have not finished, including those that have no row yet.
        lanes: how many run at the same time.

    Returns:
        None if no step has finished yet.
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
