"""The cases of a result: what was measured under the same conditions, and what went wrong there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from crossover.analysis.differences.figures import CONDITIONS, RunFigure
from crossover.derived.rounds import measured_runs, planned_runs
from crossover.results.comparison import Result
from crossover.results.kinds import AnyResult

Case = tuple[Any, ...]


def distinguishing(figures: Iterable[RunFigure]) -> set[str]:
    """Return the conditions that vary within a result and so distinguish its cases; comparability covers the others."""
    seen: dict[str, set[Any]] = {}
    for figure in figures:
        for name in CONDITIONS:
            seen.setdefault(name, set()).add(figure.conditions.get(name))
    return {name for name, values in seen.items() if len(values) > 1}


def cases_of(figures: Iterable[RunFigure], conditions: set[str]) -> dict[Case, list[RunFigure]]:
    """Return label and distinguishing conditions → the figures of its rounds."""
    found: dict[Case, list[RunFigure]] = {}
    for figure in figures:
        of_case = ((name, figure.conditions.get(name)) for name in CONDITIONS if name in conditions)
        found.setdefault((figure.label, *of_case), []).append(figure)
    return found


def case_words(case: Case) -> str:
    """Return the name of a case."""
    label, *conditions = case
    return ", ".join([label, *(CONDITIONS[name](value) for name, value in conditions if value is not None)])


def planned_labels(result: AnyResult) -> set[str]:
    """Return the labels that a result should contain."""
    return {*result.plan.labels, *(one.label for one in result.skipped)}


def doubts(when: str, result: AnyResult) -> Iterator[str]:
    """Return each warning once: an interval does not show what disturbed all rounds of a result."""
    if not isinstance(result, Result):
        return
    measured, planned = measured_runs(result), planned_runs(result)
    if measured < planned:
        yield f"{when}: {measured:,} of {planned:,} runs were measured"
    about: dict[str, dict[str, None]] = {}
    for run in result.runs:
        for warning in run.warnings:
            about.setdefault(warning, {})[run.transport] = None
    yield from (f"{when}: {', '.join(labels)}: {warning}" for warning, labels in about.items())


def harm(before: Sequence[RunFigure], now: Sequence[RunFigure], *, gone: bool) -> str:
    """Return in words what went wrong in the later result and did not in the earlier one.

    Args:
        before: the rounds of a case in the earlier result, or in all of them.
        now: its rounds in the later one.
        gone: whether no later round is undamaged, although an earlier one was.
    """
    old: Counter[str] = sum((figure.harm for figure in before), Counter())
    new: Counter[str] = sum((figure.harm for figure in now), Counter())
    fresh = [f"now {count:,} × {what}, and none before" for what, count in new.items() if not old[what]]
    more = [f"{count:,} × {what}, {old[what]:,} before" for what, count in new.items() if old[what]]
    return "; ".join([*fresh, *([f"no round is sound any more ({', '.join(more)})"] if gone and more else [])])
