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
        deaths: workers that have ended while they did it, or servers that have lost it.
        in_vain_since: when its server first did not accept it, in seconds of the monotonic clock; 0: it has, or was not
            asked.
        why_in_vain: what was said of that, as far as it says most; the last word may be that a server is slow.
        bad: why its line cannot be read, as in "line 17 has 3 cells"; empty: a worker finds out.
    """

    first: int
    count: int
    lines: bytes = field(repr=False)
    attempts: int = 0
    deaths: int = 0
    in_vain_since: float = 0.0
    why_in_vain: str = ""
    bad: str = ""

    def line(self, number: int) -> Chunk:
        """Return one line of it, which travels alone."""
        if self.count == 1:
            return self
        return Chunk(number, 1, self.lines.split(b"\n")[number - self.first])

    def parts(self, lines: int) -> list[Chunk]:
        """Return it in parts of so many lines; the last one may have fewer."""
        if self.count <= lines:
            return [self]
        each = self.lines.split(b"\n")
        parts = [
            Chunk(self.first + begin, min(lines, self.count - begin), b"\n".join(each[begin : begin + lines]))
            for begin in range(0, self.count, lines)
        ]
        for part in parts:
            part.in_vain_since, part.why_in_vain = self.in_vain_since, self.why_in_vain
        return parts
