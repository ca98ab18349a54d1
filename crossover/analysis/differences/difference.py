"""What is slower or faster in a later result than in an earlier one, and what is within noise."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from crossover.analysis.differences.comparability import setup_differences
from crossover.analysis.differences.figures import CONDITIONS, NOTHING, RunFigure, run_figures
from crossover.analysis.statistics.intervals import ratio
from crossover.derived.rounds import measured_runs, planned_runs
from crossover.results.comparison import Result
from crossover.results.difference import P99, CaseChange, Change, Difference
from crossover.results.kinds import AnyResult
from crossover.results.records import ENOUGH_ROUNDS

Case = tuple[Any, ...]


def difference(base: AnyResult, new: AnyResult, threshold: float) -> Difference:
    """Compare two results of the same kind, case by case.

    Args:
        base: the earlier one.
        new: the later one.
        threshold: fraction by which a case may be slower; it is exceeded if the whole 95% interval is above it.
    """
    before, now = run_figures(base), run_figures(new)
    distinguishing = _distinguishing(before) | _distinguishing(now)
    old, recent = _cases(before, distinguishing), _cases(now, distinguishing)
    differs, slight = setup_differences(base, new)
    missing = [case for case in old if case not in recent]
    gone = [
        case
        for case in missing
        if case[0] in _planned_labels(new) and not (differs and case[0] in {c[0] for c in recent})
    ]
    changes = [_change(case, old[case], recent[case], threshold) for case in old if case in recent]
    return Difference(
        tool=new.tool,
        breached=bool(gone) or any(one.breached for one in changes),
        threshold=threshold,
        unlike=differs,
        slight=slight,
        changes=changes,
        gone=[_words(case) for case in gone],
        only_base=[_words(case) for case in missing if case not in gone],
        doubts=[*_doubts("before", base), *_doubts("now", new)],
        only_new=[_words(case) for case in recent if case not in old],
    )


def _distinguishing(figures: Sequence[RunFigure]) -> set[str]:
    """Return the conditions that vary within a result and so distinguish its cases; comparability covers the others."""
    seen: dict[str, set[Any]] = {}
    for figure in figures:
        for name in CONDITIONS:
            seen.setdefault(name, set()).add(figure.conditions.get(name))
    return {name for name, values in seen.items() if len(values) > 1}


def _cases(figures: Sequence[RunFigure], distinguishing: set[str]) -> dict[Case, list[RunFigure]]:
    """Return label and distinguishing conditions → the figures of its rounds."""
    found: dict[Case, list[RunFigure]] = {}
    for figure in figures:
        conditions = ((name, figure.conditions.get(name)) for name in CONDITIONS if name in distinguishing)
        found.setdefault((figure.label, *conditions), []).append(figure)
    return found


def _doubts(when: str, result: AnyResult) -> Iterator[str]:
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


def _planned_labels(result: AnyResult) -> set[str]:
    """Return the labels that a result should contain."""
    return {*result.plan.labels, *(one.label for one in result.skipped)}


def _words(case: Case) -> str:
    label, *conditions = case
    return ", ".join([label, *(CONDITIONS[name](value) for name, value in conditions if value is not None)])


def _change(case: Case, before: Sequence[RunFigure], now: Sequence[RunFigure], threshold: float) -> CaseChange:
    base = [figure.value for figure in before if figure.value]
    new = [figure.value for figure in now if figure.value]
    found = CaseChange(
        case=_words(case),
        unit=before[0].unit,
        base=statistics.median(base) if base else None,
        new=statistics.median(new) if new else None,
        slower=None,
        low=None,
        high=None,
        change=Change.UNKNOWN,
        harm=_harm(before, now, gone=bool(base) and not new),
        breached=False,
        rounds=min(len(base), len(new)),
    )
    if base and new and before[0].unit == now[0].unit != NOTHING:
        _judge(found, base, new)
    found.breached = bool(found.harm) or (found.change is Change.SLOWER and (found.low or 0.0) > threshold)
    return found


def _judge(found: CaseChange, base: Sequence[float], new: Sequence[float]) -> None:
    """Set how much slower a case is; a higher latency is slower, a lower throughput is slower."""
    median, low, high = ratio(base, new)
    sign = 1 if found.unit == P99 else -1
    found.slower = sign * (median - 1)
    found.low, found.high = sorted((sign * (low - 1), sign * (high - 1)))
    found.change = Change.CLOSE
    if found.rounds >= ENOUGH_ROUNDS and found.low > 0:
        found.change = Change.SLOWER
    elif found.rounds >= ENOUGH_ROUNDS and found.high < 0:
        found.change = Change.FASTER


def _harm(before: Sequence[RunFigure], now: Sequence[RunFigure], *, gone: bool) -> str:
    """Return in words what went wrong in the later result and did not in the earlier one.

    Args:
        before: the rounds of a case in the earlier result.
        now: its rounds in the later one.
        gone: whether no later round is undamaged, although an earlier one was.
    """
    old: Counter[str] = sum((figure.harm for figure in before), Counter())
    new: Counter[str] = sum((figure.harm for figure in now), Counter())
    fresh = [f"now {count:,} × {what}, and none before" for what, count in new.items() if not old[what]]
    more = [f"{count:,} × {what}, {old[what]:,} before" for what, count in new.items() if old[what]]
    return "; ".join([*fresh, *([f"no round is sound any more ({', '.join(more)})"] if gone and more else [])])
