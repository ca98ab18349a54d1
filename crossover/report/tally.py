"""What has happened so far, and how long the rest will take. It shows nothing, and is told what time it is."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from crossover.contract.phase import Phase
from crossover.report.progress import Ahead, Silent, Turn

SOONEST = 0.3  # seconds until a rate says something


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


class Tally(Silent):
    """Keeps what it is told.

    Attributes:
        ahead: what was to come in the beginning.
        began: when that was, in seconds of the clock.
        running: what is being done; several where there are lanes.
        rows: name → what has come out.
        beside: the same, of probes.
        warnings: one sentence for each.

    Args:
        ahead: as above.
        clock: returns seconds.
    """

    def __init__(self, ahead: Ahead, clock: Callable[[], float] = time.monotonic) -> None:
        self.ahead = ahead
        self.clock = clock
        self.began = clock()
        self.running: list[Running] = []
        self.rows: dict[str, Row] = {}
        self.beside = Row(ahead.beside)
        self.warnings: list[str] = []
        self._begun = 0
        self._dropped = 0

    @property
    def done(self) -> int:
        """How many turns are done, probes included."""
        return sum(len(row.seconds) for row in self._all())

    @property
    def left(self) -> int:
        """How many turns are still to come."""
        return max(0, self.ahead.all - self._dropped - self.done)

    def time_left(self) -> TimeLeft | None:
        """Return how long the rest takes if it goes on as it did; None: nobody knows yet."""
        now = self.clock()
        bound = self.ahead.limit - (now - self.began)
        usual = [statistics.mean(row.seconds) for row in self._all() if row.seconds]
        if not usual:
            return TimeLeft(max(0.0, bound), at_most=True) if bound < math.inf else None
        of_others = statistics.mean(usual)  # of turns of which none is done
        each = {id(row): statistics.mean(row.seconds or [of_others]) for row in self._all()}
        known = sum(row.left for row in self._all())
        seconds = sum(row.left * each[id(row)] for row in self._all()) + max(0, self.left - known) * of_others
        for one in self.running:
            seconds -= min(now - one.began, each.get(id(self._row(one.turn)), 0.0))
        seconds /= max(1, min(self.ahead.lanes, self.left))
        return TimeLeft(max(0.0, min(seconds, bound)), at_most=self.ahead.at_most or bound < seconds)

    def begins(self, turn: Turn) -> None:
        """Note that it runs."""
        self._begun += 1
        if turn.row:
            self.rows.setdefault(turn.row, Row(turn.turns)).begun = self._begun
        self._runs(turn, Phase.STARTING)

    def at(self, phase: Phase) -> None:
        """Note the phase of what runs."""
        self._enter(phase)

    def settled(self, tasks: int) -> None:
        """Note how far it is; the rate counts from when nothing was settled."""
        self._enter(Phase.MEASURING)
        (one,), now = self.running, self.clock()
        if tasks != one.settled:
            one.settled, one.changed = tasks, now
        elif not tasks:
            one.nothing = now
        one.rate = tasks / (now - one.nothing) if tasks and now - one.nothing > SOONEST else None

    def ended(self, turn: Turn, came_out: str, rate: float | None = None, trouble: str = "") -> None:
        """Note what came out."""
        row = self._row(turn)
        row.seconds += [self.clock() - one.began for one in self.running if one.turn == turn]
        row.rates += [] if rate is None else [rate]
        row.last = came_out
        self._over(turn)
        if trouble:
            self.warnings.append(f"{turn.name}, round {turn.round}: {trouble}")

    def skipped(self, turn: Turn, reason: str, turns: int = 1) -> None:
        """Note that so many turns will not be."""
        if row := self.rows.get(turn.row):
            row.turns -= turns
            row.last = row.last or "skipped"
        self._dropped += turns
        self._over(turn)
        self.warnings.append(f"skipped {turn.name}: {reason}")

    def warns(self, name: str, what: str) -> None:
        """Keep it among the warnings."""
        self.warnings.append(f"{name}: {what}")

    def besides(self, what: str) -> None:
        """Note that it is being done."""
        self._runs(Turn(what, rounds=0), None)

    def _enter(self, phase: Phase) -> None:
        now = self.clock()
        for one in self.running:
            if one.phase not in {phase, None}:
                one.phase, one.since, one.changed, one.nothing = phase, now, now, now

    def _runs(self, turn: Turn, phase: Phase | None) -> None:
        if self.ahead.lanes == 1:  # what was cut off has not ended
            self.running.clear()
        now = self.clock()
        self.running.append(Running(turn, now, now, now, now, phase))

    def _over(self, turn: Turn) -> None:
        self.running = [one for one in self.running if one.turn != turn]

    def _row(self, turn: Turn) -> Row:
        return self.rows[turn.row] if turn.row else self.beside

    def _all(self) -> Iterator[Row]:
        yield from self.rows.values()
        yield self.beside
