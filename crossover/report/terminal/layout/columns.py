"""Columns of a table: which of them fit a width, and how wide each of them is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text

from crossover.report.terminal.layout.drawing import BAR, bar, line_of

NARROWEST_BAR, WIDEST_BAR = 4, 40  # columns
BETWEEN = 2  # columns of the terminal, as rich has it
SHORTEST = 8  # columns of a name that is folded
NOTHING = {"", "-"}


@dataclass(frozen=True, eq=False)
class Column:
    """A column of words or figures.

    Attributes:
        heading: above it, in one line or several.
        cells: one for each row, likewise.
        left: it begins at the left, as words do; figures end at the right.
        rank: 0: always shown; else only where there is room, the smaller the sooner.
        kept: also where nothing in it is known: the sentences speak of it.
    """

    heading: str
    cells: Sequence[str | Text]
    left: bool = False
    rank: int = 0
    kept: bool = False

    @property
    def usual(self) -> int:
        """Columns that it takes."""
        return max(_width(self.heading), *map(_width, self.cells), 0)

    least = most = usual

    @property
    def empty(self) -> bool:
        """Whether it says nothing."""
        return not self.kept and all(str(cell) in NOTHING for cell in self.cells)


@dataclass(frozen=True, eq=False)
class Drawn:
    """A column of pictures made of characters, which say nothing that figures do not say.

    Attributes:
        draw: returns the picture of a row, from its number and a width.
        least: columns that it has where names are long.
        usual: columns that it has before other columns are added.
        most: columns that it has where there is room.
        heading, rank, empty: as of a column.
    """

    draw: Callable[[int, int], str]
    least: int
    usual: int
    most: int
    heading: str = ""
    rank: int = 0
    empty: bool = False
    left = True


AnyColumn = Column | Drawn


def bars(parts: Sequence[float], rank: int = 0) -> Drawn:
    """Return a column of bars, each for a part of the longest."""
    return Drawn(lambda number, width: bar(parts[number], width), NARROWEST_BAR, BAR, WIDEST_BAR, rank=rank)


def marks(rounds: Sequence[Sequence[float]], rank: int = 1) -> Drawn:
    """Return a column with a mark for each round; where there are more of them than room, for the last ones."""
    usual, most = len("rounds"), max(map(len, rounds))

    def draw(number: int, width: int) -> str:
        return line_of(rounds[number][-width:])

    return Drawn(draw, usual, usual, max(usual, most), "rounds", rank=rank, empty=most < 2)  # noqa: PLR2004


def chosen(columns: Sequence[AnyColumn], width: int, between: int = BETWEEN) -> list[AnyColumn]:
    """Return what is always shown, and of the rest what there is room for."""
    kept = [one for one in columns if not one.rank and (one is columns[0] or not one.empty)]
    for column in sorted((one for one in columns if one.rank and not one.empty), key=lambda one: one.rank):
        if taken([*kept, column], between) > width:
            break
        kept.append(column)
    return [one for one in columns if one in kept]


def taken(columns: Sequence[AnyColumn], between: int = BETWEEN) -> int:
    """Return how many columns of the terminal they take."""
    return sum(one.usual for one in columns) + between * (len(columns) - 1)


def shared(columns: Sequence[AnyColumn], width: int, between: int = BETWEEN) -> list[int]:
    """Return the width of each column: what is drawn takes what the others leave, down to its least, then up."""
    widths = [one.usual for one in columns]
    left = width - taken(columns, between)
    drawn = [number for number, one in enumerate(columns) if isinstance(one, Drawn)]
    for number in (*drawn, 0):
        least = columns[number].least if number else min(SHORTEST, widths[0])
        given = min(widths[number] - least, max(0, -left))
        widths[number] -= given
        left += given
    while left > 0 and (growing := [number for number in drawn if widths[number] < columns[number].most]):
        for number in growing[:left]:
            widths[number] += 1
        left -= len(growing[:left])
    return widths


def _width(cell: str | Text) -> int:
    return max((cell_len(line) for line in str(cell).split("\n")), default=0)
