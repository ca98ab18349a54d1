"""Windows in words: which one each transport had, and how its throughput depends on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crossover.report.wording.figures import figure
from crossover.results.comparison import Result
from crossover.results.records import Plan
from crossover.results.windows import WindowSearch

TITLE = "Window: tasks outstanding, and what that carries"
CAPTION = "Throughput of tasks that do nothing, as a part of the plateau, by window"
SMALLEST = (
    "Each transport has the smallest window with which its throughput is within 5% of its plateau; where tasks take "
    "time of their own, a smaller one is enough. --window N gives all of them the same."
)


def window_words(plan: Plan) -> str:
    """Return the window of a plan, in words."""
    if not plan.windows:
        return f"window {plan.window:,}"
    low, high = min(plan.windows.values()), max(plan.windows.values())
    return f"window {low:,} (auto)" if low == high else f"windows {low:,} to {high:,} (auto)"


def window_headings(result: Result) -> Sequence[str]:
    """Return the headings of the table of windows that were tried."""
    return ("transport", "used", "plateau/s", *(f"{window:,}" for window in _tried(result)))


def window_rows(result: Result) -> list[list[str]]:
    """Return the rows of that table: of each transport whose window was searched."""
    return [_row(search, _tried(result)) for search in result.window_searches if search.points]


def window_notes(result: Result) -> Iterator[str]:
    """Yield for which transports the window was not searched, or not to the end, and why."""
    reasons: dict[str, list[WindowSearch]] = {}
    for search in result.window_searches:
        if search.why_not:
            reasons.setdefault(search.why_not, []).append(search)
    for reason, searches in reasons.items():
        windows = {search.window for search in searches}
        which = ", ".join(search.transport for search in searches)
        used = f"{min(windows):,}" if len(windows) == 1 else "the default"
        yield f"The window of {which} is {used}: {reason}."


def _tried(result: Result) -> list[int]:
    return sorted({point.window for search in result.window_searches for point in search.points})


def _row(search: WindowSearch, tried: Sequence[int]) -> list[str]:
    known = {point.window: point.throughput for point in search.points}
    best = search.plateau or 0.0
    parts = [f"{known[window] / best:.0%}" if window in known and best else "" for window in tried]
    return [search.transport, f"{search.window:,}", figure(best) if best else "-", *parts]
