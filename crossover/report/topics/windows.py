"""What is shown of windows: which one each transport had, and how its throughput depends on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crossover.report.topics.outline import Subject, Table, Topic, texts
from crossover.report.wording.comparison import CAPTION, parts_of_plateau
from crossover.report.wording.figures import figure
from crossover.results.comparison import Result
from crossover.results.windows import WindowSearch

TITLE = "Window: tasks outstanding, and what that carries"
SMALLEST = (
    "is the smallest with which the throughput is within 5% of the plateau; where tasks take time of their own, a "
    "smaller one is enough. --window N gives all transports the same."
)


def windows(result: Result) -> Iterator[Topic]:
    """Yield the topic of the windows that were tried; none where none was, or where it does not matter."""
    if not result.window_searches:
        return
    shown = [search for search in result.window_searches if search.plateau]
    tried = sorted({point.window for search in shown for point in search.points})
    rows = [_row(search, tried) for search in shown]
    headings = ("transport", "window", "plateau/s", *(f"{window:,}" for window in tried))
    table = Table(CAPTION, headings, rows) if rows else None
    yield Topic(TITLE, Subject.WINDOWS, texts(_notes(result)), texts(_smallest(result)), table)


def _smallest(result: Result) -> Iterator[str]:
    """Yield what is true of the windows that a search has found."""
    found = [search.transport for search in result.window_searches if search.plateau and not search.why_not]
    if found:
        everyone = len(found) == len(result.window_searches)
        yield f"The window of {'each transport' if everyone else ', '.join(found)} {SMALLEST}"


def _notes(result: Result) -> Iterator[str]:
    """Yield for which transports the window was not searched, or not to the end, and why."""
    reasons: dict[str, list[WindowSearch]] = {}
    for search in result.window_searches:
        if search.why_not:
            reasons.setdefault(search.why_not, []).append(search)
    for reason, searches in reasons.items():
        windows = {search.window for search in searches}
        which = ", ".join(search.transport for search in searches)
        used = f"{min(windows):,}" if len(windows) == 1 else f"{min(windows):,} to {max(windows):,}"
        yield f"The window of {which} is {used}: {reason}."


def _row(search: WindowSearch, tried: Sequence[int]) -> list[str]:
    parts = parts_of_plateau(search)
    best = figure(search.plateau) if search.plateau else "-"
    return [search.transport, f"{search.window:,}", best, *(_part(parts.get(window)) for window in tried)]


def _part(part: float | None) -> str:
    return "" if part is None else f"{part:.0%}"
