"""What is slower or faster in a later result than in an earlier one, and what is within noise."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from crossover.analysis.differences import cases
from crossover.analysis.differences.cases import Case, case_words
from crossover.analysis.differences.comparability import setup_differences
from crossover.analysis.differences.figures import NOTHING, RunFigure, run_figures
from crossover.analysis.statistics.intervals import ratio
from crossover.results.difference import P99, CaseChange, Change, Difference
from crossover.results.kinds import AnyResult
from crossover.results.records import ENOUGH_ROUNDS


def difference(base: AnyResult, new: AnyResult, threshold: float) -> Difference:
    """Compare two results of the same kind, case by case.

    Args:
        base: the earlier one.
        new: the later one.
        threshold: fraction by which a case may be slower; it is exceeded if the whole 95% interval is above it.
    """
    before, now = run_figures(base), run_figures(new)
    conditions = cases.distinguishing(before) | cases.distinguishing(now)
    old, recent = cases.cases_of(before, conditions), cases.cases_of(now, conditions)
    differs, slight = setup_differences(base, new)
    missing = [case for case in old if case not in recent]
    gone = [
        case
        for case in missing
        if case[0] in cases.planned_labels(new) and not (differs and case[0] in {c[0] for c in recent})
    ]
    changes = [_change(case, old[case], recent[case], threshold) for case in old if case in recent]
    return Difference(
        tool=new.tool,
        breached=bool(gone) or any(one.breached for one in changes),
        threshold=threshold,
        unlike=differs,
        slight=slight,
        changes=changes,
        gone=[case_words(case) for case in gone],
        only_base=[case_words(case) for case in missing if case not in gone],
        doubts=[*cases.doubts("before", base), *cases.doubts("now", new)],
        only_new=[case_words(case) for case in recent if case not in old],
    )


def _change(case: Case, before: Sequence[RunFigure], now: Sequence[RunFigure], threshold: float) -> CaseChange:
    base = [figure.value for figure in before if figure.value]
    new = [figure.value for figure in now if figure.value]
    found = CaseChange(
        case=case_words(case),
        unit=before[0].unit,
        base=statistics.median(base) if base else None,
        new=statistics.median(new) if new else None,
        slower=None,
        low=None,
        high=None,
        change=Change.UNKNOWN,
        harm=cases.harm(before, now, gone=bool(base) and not new),
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
