"""What is slower or faster in a second result than in a first one, and what cannot be told apart."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from crossover.analysis.differences.comparability import setup_differences
from crossover.analysis.differences.figures import NOTHING, P99, WORDS, RunFigure, run_figures
from crossover.analysis.statistics import ratio
from crossover.results.comparison import Result
from crossover.results.difference import CaseChange, Change, Difference
from crossover.results.kinds import AnyResult
from crossover.results.records import ENOUGH_ROUNDS
from crossover.results.share import ShareResult

Case = tuple[Any, ...]


def difference(base: AnyResult, new: AnyResult, threshold: float) -> Difference:
    """Set two results of the same kind beside each other.

    Args:
        base: the one before.
        new: the one now.
        threshold: part by which a case may be slower; it is more where all of the 95 % interval is.
    """
    before, now = run_figures(base), run_figures(new)
    telling = _telling(before) | _telling(now)
    old, young = _cases(before, telling), _cases(now, telling)
    differs = setup_differences(base, new)
    missing = [case for case in old if case not in young]
    gone = [case for case in missing if case[0] in _wanted(new) and not (differs and case[0] in {c[0] for c in young})]
    changes = [_change(case, old[case], young[case], threshold) for case in old if case in young]
    return Difference(
        tool=new.tool,
        breached=bool(gone) or any(one.breached for one in changes),
        threshold=threshold,
        unlike=differs,
        changes=changes,
        gone=[_words(case) for case in gone],
        only_base=[_words(case) for case in missing if case not in gone],
        doubts=[*_doubts("before", base), *_doubts("now", new)],
        only_new=[_words(case) for case in young if case not in old],
    )


def _telling(samples: Sequence[RunFigure]) -> set[str]:
    """Return which circumstances tell the cases of a result apart; of the others `unlike` says whether they differ."""
    seen: dict[str, set[Any]] = {}
    for sample in samples:
        for name in WORDS:
            seen.setdefault(name, set()).add(sample.facts.get(name))
    return {name for name, values in seen.items() if len(values) > 1}


def _cases(samples: Sequence[RunFigure], telling: set[str]) -> dict[Case, list[RunFigure]]:
    """Return label and what tells it apart → its rounds."""
    found: dict[Case, list[RunFigure]] = {}
    for sample in samples:
        facts = ((name, sample.facts.get(name)) for name in WORDS if name in telling)
        found.setdefault((sample.label, *facts), []).append(sample)
    return found


def _doubts(when: str, result: AnyResult) -> Iterator[str]:
    """Say each warning once: an interval knows nothing of what was busy all the time while one result was measured."""
    if not isinstance(result, Result):
        return
    if result.measured < result.planned:
        yield f"{when}: {result.measured:,} of {result.planned:,} runs were measured"
    about: dict[str, dict[str, None]] = {}
    for run in result.runs:
        for warning in run.warnings:
            about.setdefault(warning, {})[run.transport] = None
    yield from (f"{when}: {', '.join(labels)}: {warning}" for warning, labels in about.items())


def _wanted(result: AnyResult) -> set[str]:
    """Return the labels of what a result should have in it."""
    if isinstance(result, ShareResult):
        return {*result.plan.states, *(one.state for one in result.skipped)}
    return {*result.plan.transports, *(one.transport for one in result.skipped)}


def _words(case: Case) -> str:
    label, *facts = case
    return ", ".join([label, *(WORDS[name](value) for name, value in facts if value is not None)])


def _change(case: Case, before: Sequence[RunFigure], now: Sequence[RunFigure], threshold: float) -> CaseChange:
    base = [sample.value for sample in before if sample.value]
    new = [sample.value for sample in now if sample.value]
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
    """Say how much slower it is; of a latency more is slower, of a throughput less."""
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
    """Return in words what went wrong now, and did not before.

    Args:
        before: the rounds of a case.
        now: its rounds in the other result.
        gone: whether none of them is sound any more.
    """
    old: Counter[str] = sum((sample.harm for sample in before), Counter())
    new: Counter[str] = sum((sample.harm for sample in now), Counter())
    fresh = [f"now {count:,} × {what}, and none before" for what, count in new.items() if not old[what]]
    more = [f"{count:,} × {what}, {old[what]:,} before" for what, count in new.items() if old[what]]
    return "; ".join([*fresh, *([f"no round is sound any more ({', '.join(more)})"] if gone and more else [])])
