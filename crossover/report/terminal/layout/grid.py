"""Tables that fit 80 columns and use 160."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.table import Table
from rich.text import Text

from crossover.report.terminal.layout.columns import BETWEEN, AnyColumn, Column, Drawn, chosen, shared, taken

WIDTH, READ, WIDEST = 80, 100, 160  # columns: of a terminal at least, of a pull request, of a terminal at most


@dataclass(frozen=True)
class Grid:
    """A table for as many columns as there are, from 80 to 160; its first column, of names, is folded last.

    Attributes:
        columns: in their order; those that say nothing are left out.
        groups: of the rows; where there are several, each is named above its rows.
        caption: what it shows, where its section does not say it.
        legend: how to read what is short or drawn.
        explained: what words of it mean, in every form.
        roomy: the same columns at greater length, which are shown instead where they fit.
        between: columns of the terminal between two of its own.
    """

    columns: Sequence[AnyColumn]
    groups: Sequence[str] = ()
    caption: str = ""
    legend: str = ""
    explained: str = ""
    roomy: Sequence[Column] = ()
    between: int = BETWEEN

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        yield from self.made(min(max(options.max_width, WIDTH), WIDEST))

    def made(self, width: int) -> Iterator[RenderableType]:
        """Return what is shown in this width."""
        roomy = bool(self.roomy) and taken(self.roomy) <= width
        between = BETWEEN if roomy else self.between
        columns = chosen(self.roomy if roomy else self.columns, width, between)
        widths = shared(columns, width, between)
        cells = [_cells(one, each, len(self)) for one, each in zip(columns, widths, strict=True)]
        rows = list(zip(*cells, strict=True))
        if self.caption:
            yield Text(self.caption, style="italic")
        several = len(self.members()) > 1
        yield _table(columns, widths, [] if several else rows, between)
        for group, numbers in self.members().items() if several else ():
            yield Text(f"{group}:", style="italic")
            yield _table(columns, widths, [rows[number] for number in numbers], between, headed=False)
        if self.legend and not roomy and (self.roomy or any(isinstance(one, Drawn) for one in columns)):
            yield Text(self.legend, style="dim")
        if self.explained:
            yield Text(self.explained, style="dim")

    def read(self) -> Sequence[Column]:
        """Return the columns for a form without pictures, which folds nothing."""
        columns = [one for one in self.roomy or self.columns if isinstance(one, Column)]
        return [one for one in chosen(columns, READ) if isinstance(one, Column)]

    def members(self) -> dict[str, list[int]]:
        """Return group → numbers of its rows."""
        found: dict[str, list[int]] = {}
        for number, group in enumerate(self.groups or [""] * len(self)):
            found.setdefault(group, []).append(number)
        return found or {"": []}

    def __len__(self) -> int:
        first = self.columns[0]
        return len(first.cells) if isinstance(first, Column) else 0


@dataclass(frozen=True)
class SideBySide:
    """Tables side by side where each of them fits, else one below the other."""

    grids: Sequence[Grid]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        width = min(max(options.max_width, WIDTH), WIDEST)
        gaps = 2 * BETWEEN * (len(self.grids) - 1)
        each = (width - gaps) // len(self.grids)
        if any(taken([one for one in grid.columns if not one.rank]) > each for grid in self.grids):
            yield from self.grids
            return
        row = Table.grid(padding=(0, 2 * BETWEEN, 0, 0))
        for _ in self.grids:
            row.add_column(width=each)
        row.add_row(*(Group(*grid.made(each)) for grid in self.grids))
        yield row


def _cells(column: AnyColumn, width: int, rows: int) -> list[Text]:
    if isinstance(column, Drawn):
        return [Text(column.draw(number, width), style="cyan") for number in range(rows)]
    return [Text(cell) if isinstance(cell, str) else cell for cell in column.cells]


def _table(
    columns: Sequence[AnyColumn],
    widths: Sequence[int],
    rows: Sequence[Sequence[Text]],
    between: int,
    *,
    headed: bool = True,
) -> Table:
    made = Table(box=None, pad_edge=False, header_style="bold", show_header=headed, padding=(0, between, 0, 0))
    for number, (column, width) in enumerate(zip(columns, widths, strict=True)):
        made.add_column(
            Text(column.heading),
            justify="left" if column.left or not number else "right",
            overflow="fold",
            no_wrap=number > 0,
            width=width,
        )
    for row in rows:
        made.add_row(*row)
    return made
