"""What the terminal's pages have in common: bars, figures, tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from rich.console import Console, ConsoleOptions, RenderableType
from rich.table import Table
from rich.text import Text

BAR, WIDTH, WIDEST = 12, 80, 160  # columns
BETWEEN = 2  # columns, as rich has it
EIGHTHS = " ▏▎▍▌▋▊▉"
LEVELS = "▁▂▃▄▅▆▇█"
MOST_REASONS = 3


class Wide:
    """What is laid out for as many columns as there are, from 80 to 160.

    Attributes:
        make: returns it for so many columns.
    """

    def __init__(self, make: Callable[[int], RenderableType]) -> None:
        self.make = make

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        yield self.make(min(max(options.max_width, WIDTH), WIDEST))


def table(
    headings: Sequence[str], rows: Sequence[Sequence[Text]], widths: Sequence[int], bar: int, *, headed: bool = True
) -> Table:
    """Return a table.

    Args:
        headings: of the columns.
        rows: a cell for each column.
        widths: of the columns.
        bar: number of the column with the bars.
        headed: whether the headings are shown.
    """
    made = Table(box=None, pad_edge=False, header_style="bold", show_header=headed)
    for number, (heading, width) in enumerate(zip(headings, widths, strict=True)):
        if number == 0:
            made.add_column(heading, overflow="fold", width=width)
        else:
            made.add_column(heading, justify="left" if number == bar else "right", no_wrap=True, width=width)
    for row in rows:
        made.add_row(*row)
    return made


def widths_of(headings: Sequence[str], rows: Sequence[Sequence[Text]]) -> list[int]:
    """Return the widths of columns that are as wide as what is in them; the first one, of names, gives way."""
    widths = [max([len(heading), *(len(row[number]) for row in rows)]) for number, heading in enumerate(headings)]
    widths[0] = min(widths[0], WIDTH - sum(widths[1:]) - BETWEEN * (len(widths) - 1))
    return widths


def fitted(
    headings: Sequence[str],
    rows: Sequence[Sequence[Text]],
    bar: int,
    draw: Callable[[int, int], str],
    between: tuple[int, int],
) -> Table:
    """Return a table whose bars take what the other columns leave; where that is too little, names are folded.

    Args:
        headings: of the columns, that of the bars included.
        rows: a cell for each column but that of the bars.
        bar: number of the column with the bars.
        draw: returns the bar of a row, by its number, for a full bar of so many columns.
        between: columns that a full bar has, at least and at most.
    """
    others = [heading for number, heading in enumerate(headings) if number != bar]
    widths = [max(len(cell) for cell in column) for column in zip(map(Text, others), *rows, strict=True)]
    left = WIDTH - BETWEEN * len(widths) - sum(widths)
    width = max(between[0], min(between[1], left))
    widths[0] += min(0, left - width)
    widths.insert(bar, width)
    cells = [[*row[:bar], Text(draw(number, width), style="cyan"), *row[bar:]] for number, row in enumerate(rows)]
    return table(headings, cells, widths, bar)


def bar(fraction: float, width: int = BAR) -> str:
    """Return a bar, exact to an eighth of a column.

    Args:
        fraction: 0 to 1.
        width: columns of a full bar.
    """
    eighths = round(fraction * width * 8)
    return ("█" * (eighths // 8) + EIGHTHS[eighths % 8]).rstrip()


def line_of(values: Sequence[float]) -> str:
    """Return a small line: a character for each value, between nothing and the largest of them."""
    top = max(values, default=0.0) or 1.0
    return "".join(LEVELS[min(len(LEVELS) - 1, int(value / top * len(LEVELS)))] for value in values)


def said(style: str, heading: str, text: str) -> Text:
    """Return a sentence whose beginning has a colour."""
    return Text.assemble((heading, style), f" {text}")


def figure(value: float) -> str:
    """Return a figure: three digits are what noise leaves of a small figure."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"  # noqa: PLR2004


def duration(seconds: float) -> str:
    """Return a time in the unit in which it reads best."""
    for unit, per_second in (("s", 1), ("ms", 1e3)):
        if seconds * per_second >= 1:
            return f"{figure(seconds * per_second)} {unit}"
    return f"{figure(seconds * 1e6)} µs"


def percent(part: float) -> str:
    """Return a part of one as a percentage."""
    return f"{100 * part:.3g} %"


def plural(count: int, what: str) -> str:
    """Return how many of something."""
    return f"{count:,} {what}" + ("" if count == 1 else "s")
