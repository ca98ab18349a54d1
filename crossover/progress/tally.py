"""What has happened so far, for a view to show."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping

from crossover.execution.measure import Phase
from crossover.progress.progress import Progress, Schedule, Step
from crossover.progress.time_left import Row, Running, seconds_left
from crossover.progress.time_spans import TimeLeft

SOONEST = 0.3  # seconds after which a rate means something


class Tally(Progress):
    """Keeps what happened; shows nothing itself.

    Attributes:
        schedule: what the command does.
        began: when it started, in seconds of the clock.
        running: the steps that run; several if they run in parallel.
        rows: name → the steps of that row.
        probes: the same, of all probes.
        warnings: one sentence for each.
        standings: name of a row → where it stands so far, in words.

    Args:
        schedule: as above.
        clock: returns seconds.
    """

    def __init__(self, schedule: Schedule, clock: Callable[[], float] = time.monotonic) -> None:
        self.schedule = schedule
        self.clock = clock
        self.began = clock()
        self.running: list[Running] = []
        self.rows: dict[str, Row] = {}
        self.probes = Row(schedule.probes)
        self.warnings: list[str] = []
        self.standings: dict[str, str] = {}
        self._begun = 0
        self._dropped = 0

    @property
    def done(self) -> int:
        """How many steps are done, probes included."""
        return sum(len(row.seconds) for row in self._all())

    @property
    def left(self) -> int:
        """How many steps are still to come."""
        return max(0, self.schedule.all - self._dropped - self.done)

    def time_left(self) -> TimeLeft | None:
        """Return how long the rest takes if it goes on as it did; None: not known yet."""
        now, schedule = self.clock(), self.schedule
        under_way = [(self._row(one.step), now - one.began) for one in self.running if one.phase]
        seconds = seconds_left([*self._all()], under_way, self.left, schedule.parallel)
        bound = max(0.0, schedule.time_limit - (now - self.began))
        if seconds is None:
            return TimeLeft(bound, at_most=True) if bound < math.inf else None
        return TimeLeft(min(seconds, bound), at_most=schedule.at_most or bound < seconds)

    def start(self, step: Step) -> None:
        """Add it to what runs."""
        self._begun += 1
        if step.row:
            self.rows.setdefault(step.row, Row(step.in_row)).begun = self._begun
        self._runs(step, Phase.STARTING)

    def enter(self, phase: Phase) -> None:
        """Note the phase of what runs."""
        self._enter(phase)

    def advance(self, tasks: int) -> None:
        """Note how far it is; the rate counts from when nothing was settled."""
        self._enter(Phase.MEASURING)
        (one,), now = self.running, self.clock()
        if tasks != one.settled:
            one.settled, one.changed = tasks, now
        elif not tasks:
            one.nothing = now
        one.rate = tasks / (now - one.nothing) if tasks and now - one.nothing > SOONEST else None

    def finish(self, step: Step, summary: str, rate: float | None = None, problem: str = "") -> None:
        """Add it to its row."""
        row = self._row(step)
        row.seconds += [self.clock() - one.began for one in self.running if one.step == step]
        row.rates += [] if rate is None else [rate]
        row.last = summary
        self._over(step)
        if problem:
            self.warnings.append(f"{step.name}{f', round {step.round}' if step.rounds else ''}: {problem}")

    def skip(self, step: Step, reason: str, steps: int = 1, *, in_result: bool = True) -> None:
        """Count them out."""
        if row := self.rows.get(step.row):
            row.steps -= steps
            row.last = row.last or "skipped"
        self._dropped += steps
        self._over(step)
        self.warnings.append(f"skipped {step.name}: {reason}")

    def stands(self, standings: Mapping[str, str]) -> None:
        """Keep it, instead of what was known before."""
        self.standings = dict(standings)

    def warn(self, name: str, what: str) -> None:
        """Keep it among the warnings."""
        self.warnings.append(f"{name}: {what}")

    def start_other(self, what: str) -> None:
        """Add it to what runs."""
        self._runs(Step(what, rounds=0), None)

    def _enter(self, phase: Phase) -> None:
        now = self.clock()
        for one in self.running:
            if one.phase not in {phase, None}:
                one.phase, one.since, one.changed, one.nothing = phase, now, now, now

    def _runs(self, step: Step, phase: Phase | None) -> None:
        if self.schedule.parallel == 1:  # what was cut off has not ended
            self.running.clear()
        now = self.clock()
        self.running.append(Running(step, now, now, now, now, phase))

    def _over(self, step: Step) -> None:
        self.running = [one for one in self.running if one.step != step]

    def _row(self, step: Step) -> Row:
        return self.rows[step.row] if step.row else self.probes

    def _all(self) -> Iterator[Row]:
        yield from self.rows.values()
        yield self.probes
