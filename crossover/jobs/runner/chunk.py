"""Lines that travel together."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class Chunk:
    """Lines with consecutive numbers, which one worker does with one call.

    Attributes:
        first: the number of the first one.
        count: how many.
        lines: the lines, between line feeds.
        attempts: how often its line has been tried; of lines that travel alone.
        deaths: workers that have ended while they did its line; of lines that travel alone.
        bad: why its line cannot be read, as in "line 17 has 3 cells"; empty: a worker finds out.
    """

    first: int
    count: int
    lines: bytes = field(repr=False)
    attempts: int = 0
    deaths: int = 0
    bad: str = ""

    def line(self, number: int) -> Chunk:
        """Return one line of it, which travels alone."""
        if self.count == 1:
            return self
        return Chunk(number, 1, self.lines.split(b"\n")[number - self.first])

    def each(self) -> list[Chunk]:
        """Return each line of it, to travel alone."""
        return [Chunk(number, 1, line) for number, line in enumerate(self.lines.split(b"\n"), self.first)]
