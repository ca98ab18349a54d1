"""Where a task's time goes, and what it sends through a broker's connections."""

from __future__ import annotations

from crossover.report.terminal.layout.columns import AnyColumn, Column, Drawn
from crossover.report.terminal.layout.drawing import BAR, stacked
from crossover.report.terminal.layout.grid import Grid
from crossover.report.wording.figures import figure, or_dash
from crossover.results.comparison import Result
from crossover.results.records import Hops

NARROWEST_BAR, WIDEST_BAR = 8, 80  # columns
HOPS = {"submit": "█", "wait": "░", "execute": "▓", "return": "▒"}
"""What draws each hop: told apart without colour."""
LEGEND = (
    "Bars: " + ", ".join(f"{character} {name}" for name, character in HOPS.items()) + "; each bar is the whole time."
)


def hops(result: Result) -> list[Grid]:
    """Return the table; nothing where nothing came back.

    All bars are as long: in proportion to the slowest transport the parts of a fast one could not be seen.
    """
    shown = [(one, _parts(one.hops_us)) for one in result.summary if one.hops_us]
    if not shown:
        return []

    def draw(number: int, width: int) -> str:
        return stacked(shown[number][1], list(HOPS.values()), width)

    columns: list[AnyColumn] = [
        Column("transport", [one.transport for one, _ in shown]),
        *(Column(f"{name} µs", [figure(parts[number]) for _, parts in shown]) for number, name in enumerate(HOPS)),
        Drawn(draw, NARROWEST_BAR, BAR, WIDEST_BAR),
        Column("bytes", [or_dash(one.wire_bytes) for one, _ in shown]),
    ]
    return [Grid(columns, legend=LEGEND)]


def _parts(hops: Hops) -> list[float]:
    return [hops.submit, hops.wait, hops.execute, hops.back]
