"""Where a task's time goes, and what it sends through a broker's connections."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from crossover.contract.findings import Summary
from crossover.contract.records import Hops
from crossover.contract.result import Result
from crossover.report.words import BAR, figure, fitted, plural

NARROWEST_BAR, WIDEST_BAR = 8, 2 * BAR  # columns
HEADINGS = ("transport", "submit", "wait", "execute", "return", "", "bytes")
BAR_COLUMN = 5
QUEUEING = (
    "Queueing is part of wait and return: closed loop keeps the window full, and the larger it is, the longer they "
    "are. --window 1 shows the bare way."
)
BYTES = "bytes: there and back for each task, over all connections of the broker, without TCP's own."
HOPS = {"submit": "█", "wait": "░", "execute": "▓", "return": "▒"}
"""What draws each hop: told apart without colour."""


def tables(result: Result) -> Iterator[RenderableType]:
    """Return the table under a heading, and how to read it; nothing where nothing came back."""
    shown = [(one, one.hops_us) for one in result.summary if one.hops_us]
    if not shown:
        return
    yield Text()
    yield Text(f"{heading(result)}, median µs ({_legend()}):", style="bold")
    rows = [_row(one, hops) for one, hops in shown]

    def draw(number: int, width: int) -> str:
        return stacked(_parts(shown[number][1]), width)

    yield fitted(HEADINGS, rows, BAR_COLUMN, draw, (NARROWEST_BAR, WIDEST_BAR))
    yield Text(QUEUEING)
    if any(one.wire_bytes is not None for one, _ in shown):
        yield Text(BYTES)


def heading(result: Result) -> str:
    """Return what the figures are about: a task, or a message of several."""
    batch = result.plan.batch
    what = "a task's time" if batch == 1 else f"the time of a message ({plural(batch, 'task')})"
    return f"Where {what} goes"


def stacked(parts: list[float], width: int) -> str:
    """Return a full bar of four kinds of characters, each for its share: every part ends where the sum so far does.

    All bars are as long: beside the slowest transport the parts of a fast one could not be seen.

    Args:
        parts: of the bar, in the order of HOPS.
        width: columns of the bar.
    """
    drawn, total, whole = "", 0.0, sum(parts)
    for part, character in zip(parts, HOPS.values(), strict=True):
        total += part
        drawn += character * (round(total / whole * width) - len(drawn) if whole else 0)
    return drawn


def _legend() -> str:
    return " ".join(f"{character} {name}" for name, character in HOPS.items())


def _parts(hops: Hops) -> list[float]:
    return [hops.submit, hops.wait, hops.execute, hops.back]


def _row(summary: Summary, hops: Hops) -> list[Text]:
    return [
        Text(summary.transport),
        *(Text(figure(part)) for part in _parts(hops)),
        Text("-" if summary.wire_bytes is None else figure(summary.wire_bytes)),
    ]
