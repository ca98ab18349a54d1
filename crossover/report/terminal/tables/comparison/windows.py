"""Windows: what part of the plateau each carries."""

from __future__ import annotations

from crossover.report.terminal.layout.columns import AnyColumn, Column
from crossover.report.terminal.layout.grid import Grid
from crossover.report.wording.figures import or_dash
from crossover.results.comparison import Result
from crossover.results.windows import WindowSearch

CAPTION = "Throughput of tasks that do nothing with each window, as a part of the plateau"


def windows(result: Result) -> list[Grid]:
    """Return what each transport carried with each window that was tried; none where none was."""
    searches = [search for search in result.window_searches if search.plateau]
    if not searches:
        return []
    tried = sorted({point.window for search in searches for point in search.points})
    parts = [_parts_of_plateau(search) for search in searches]
    columns: list[AnyColumn] = [
        Column("transport", [search.transport for search in searches]),
        Column("window", [f"{search.window:,}" for search in searches]),
        Column("plateau/s", [or_dash(search.plateau) for search in searches]),
        *(
            Column(f"{window:,}", [or_dash(each.get(window), "{:.0%}".format) for each in parts], rank=number)
            for number, window in enumerate(tried, start=1)
        ),
    ]
    return [Grid(columns, caption=CAPTION)]


def _parts_of_plateau(search: WindowSearch) -> dict[int, float]:
    """Return window → what part of the plateau it carries."""
    return {point.window: point.throughput / search.plateau for point in search.points if search.plateau}
