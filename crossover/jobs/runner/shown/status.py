"""How far a job is: the figures of its view, from counts that are looked at twice a second."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import NamedTuple

from crossover.jobs.runner.sources.source import Source
from crossover.jobs.runner.tally import Tally
from crossover.progress.time_spans import TimeLeft

SPAN = 30.0  # seconds over which a rate is taken
SOONEST = 0.3  # seconds after which a rate means something


class Look(NamedTuple):
    """The counts at one moment.

    Attributes:
        at: seconds of the clock.
        settled: lines that are done, given up or passed over.
        workers: name → lines that it has done.
    """

    at: float
    settled: int
    workers: Mapping[str, int]


class Status:
    """Follows a job.

    Attributes:
        title: what the job is.
        tally: of the job.
        source: of its lines.

    Args:
        clock: returns seconds.
        The others as above.
    """

    def __init__(self, title: str, tally: Tally, source: Source, clock: Callable[[], float] = time.monotonic) -> None:
        self.title, self.tally, self.source = title, tally, source
        self._clock = clock
        self._looks: deque[Look] = deque([Look(clock(), 0, {})])

    def look(self) -> None:
        """Note the counts."""
        now = self._clock()
        if not self.tally.settled:  # workers may take long to start: that is no part of the rate
            self._looks.clear()
        self._looks.append(Look(now, self.tally.settled, dict(self.tally.workers)))
        while len(self._looks) > 2 and now - self._looks[1].at >= SPAN:  # noqa: PLR2004 - two make a span
            self._looks.popleft()

    @property
    def elapsed(self) -> float:
        """Seconds since the job began."""
        return self._looks[-1].at - self.tally.began

    @property
    def settled(self) -> int:
        """Lines of the whole job that need nothing more, those of earlier commands included."""
        return self.tally.settled + self.tally.resumed + self.tally.failed_before

    @property
    def rate(self) -> float | None:
        """Lines per second, lately; None: it is too early to say."""
        first, last = self._looks[0], self._looks[-1]
        span = last.at - first.at
        return (last.settled - first.settled) / span if span > SOONEST else None

    def rates(self) -> dict[str, float]:
        """Return worker → lines per second, lately."""
        first, last = self._looks[0], self._looks[-1]
        span = last.at - first.at
        if span <= SOONEST:
            return {}
        return {name: (lines - first.workers.get(name, 0)) / span for name, lines in last.workers.items()}

    def time_left(self) -> TimeLeft | None:
        """Return how long the rest takes if it goes on as it did lately; None: that is not known."""
        whole, rate = self.source.lines, self.rate
        if whole is None or not rate:
            return None
        return TimeLeft(max(0.0, (whole - self.settled) / rate), at_most=False)
