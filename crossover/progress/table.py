"""The table of a block: a line for each row of the schedule."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from crossover.progress.names import GAP, NARROWEST, WIDEST, clean, cut
from crossover.progress.tally import Tally
from crossover.progress.time_left import Row
from crossover.report.terminal.layout.drawing import BAR, bar
from crossover.report.terminal.layout.grid import WIDTH
from crossover.report.wording.figures import figure


def table(tally: Tally, width: int, room: int) -> Iterator[Text]:
    """Return a line for each row; where there are too many, for those that ran last."""
    rows = {clean(name): row for name, row in tally.rows.items()}
    shown = rows
    if len(rows) > room:
        latest = sorted(rows, key=lambda name: rows[name].begun)[len(rows) - room + 1 :]
        shown = {name: row for name, row in rows.items() if name in latest}
    now = {clean(one.step.row) for one in tally.running}
    counts = {name: f"{len(row.seconds):,} of {row.steps:,}" for name, row in shown.items()}
    figures = {name: _figure(row) for name, row in shown.items()}
    heading, bars = tally.schedule.figure_heading, 0
    if heading.endswith("/s") and width >= WIDTH:
        heading, bars = f"{heading}, median", BAR  # a long name leaves them room
    second = _widest([*counts.values(), tally.schedule.unit])
    third = _widest([*figures.values(), heading])
    first = _widest([*shown, tally.schedule.row_heading])
    words = {name: tally.standings.get(name, "") for name in shown}
    last = _widest([*words.values()]) + len(GAP) if any(words.values()) and width >= WIDTH else 0
    first = min(first, width - second - third - max(bars, NARROWEST * bool(last)) - last - 4 * len(GAP))
    columns = min(WIDEST, width - first - second - third - last - 4 * len(GAP))
    top = max((statistics.median(row.rates) for row in shown.values() if row.rates), default=0.0)
    names = cut(tally.schedule.row_heading, first)
    yield Text(f"{GAP}{names}{GAP}{tally.schedule.unit:>{second}}{GAP}{heading:>{third}}", "bold")
    for name, row in shown.items():
        rate = statistics.median(row.rates) / top if row.rates and top else 0.0
        drawn = bar(rate, columns) if columns >= NARROWEST else ""
        before = "▸ " if name in now else GAP
        line = f"{before}{cut(name, first)}{GAP}{counts[name]:>{second}}{GAP}{figures[name]:>{third}}"
        stands = f"{GAP}{set_cell_size(words[name], last - len(GAP)).rstrip()}" if last else ""
        drawn = set_cell_size(drawn, columns) if last and columns >= NARROWEST else drawn
        yield Text.assemble(line, (f"{GAP}{drawn}" if drawn else "", "cyan"), stands)
    if len(shown) < len(rows):
        others = [row for name, row in rows.items() if name not in shown]
        done = sum(len(row.seconds) for row in others)
        yield Text(f"{GAP}… {len(others):,} more: {done:,} {tally.schedule.unit} done", style="dim")


def _figure(row: Row) -> str:
    return figure(statistics.median(row.rates)) if row.rates else row.last or "-"


def _widest(words: Sequence[str]) -> int:
    return max(map(cell_len, words))
