"""What is shown of windows: which one each transport had, and how its throughput depends on it."""

from __future__ import annotations

from collections.abc import Iterator

from crossover.report.topics.outline import Subject, Topic, texts
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
    yield Topic(TITLE, Subject.WINDOWS, texts(_notes(result)), texts(_smallest(result)))


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
