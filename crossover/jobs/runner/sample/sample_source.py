"""Lines that were drawn, as a source: each travels by itself."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from crossover.jobs.runner.chunk import Chunk
from crossover.jobs.runner.numbers import Numbers, Skipped
from crossover.jobs.runner.sample.drawing import Drawn
from crossover.jobs.runner.sources.input import Input
from crossover.jobs.runner.sources.source import Source


class SampleSource(Source):
    """Gives out lines that were drawn.

    Attributes:
        numbers: of these lines.

    Args:
        read: the input.
        drawn: the lines.
        within: seconds after the first one was done, after which no more are given out; None: any time.
        has_begun: whether one was done.
    """

    def __init__(
        self,
        read: Input,
        drawn: Drawn,
        within: float | None = None,
        has_begun: Callable[[], bool] = lambda: False,
    ) -> None:
        super().__init__(read)
        self.numbers = Numbers()
        self.numbers.add_all(line.first for line in drawn.lines)
        self.ended = not drawn.lines
        self._drawn = deque(drawn.lines)
        self._within, self._has_begun = within, has_begun
        self._until: float | None = None

    def chunk(self, most: int, done: Skipped) -> Chunk | None:
        """Return the next line; None: there is none, or no time."""
        if self._within is not None and self._until is None and self._has_begun():
            self._until = time.monotonic() + self._within
        self.ended = not self._drawn or (self._until is not None and time.monotonic() > self._until)
        return None if self.ended else self._drawn.popleft()
