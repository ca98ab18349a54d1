"""What has happened so far. It shows nothing, and is told what time it is."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator

from crossover.execution.measure import Phase
from crossover.progress.time_left import Row, Running, TimeLeft, seconds_left
from crossover.progress.watcher import Ahead, Silent, Turn

SOONEST = 0.3  # seconds until a rate says something


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
        now, ahead = self.clock(), self.ahead
        under_way = [(self._row(one.turn), now - one.began) for one in self.running if one.phase]
        seconds = seconds_left([*self._all()], under_way, self.left, ahead.lanes)
        bound = max(0.0, ahead.limit - (now - self.began))
        if seconds is None:
            return TimeLeft(bound, at_most=True) if bound < math.inf else None
        return TimeLeft(min(seconds, bound), at_most=ahead.at_most or bound < seconds)

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

    def skipped(self, turn: Turn, reason: str, turns: int = 1, *, said_again: bool = True) -> None:
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
