"""What is slower or faster in a later result than in an earlier one, and what is within noise."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from crossover.analysis.differences import cases
from crossover.analysis.differences.cases import Case, case_words
from crossover.analysis.differences.comparability import setup_differences
from crossover.analysis.differences.figures import NOTHING, RunFigure, run_figures
from crossover.analysis.run_selection import by_label
from crossover.analysis.statistics.intervals import ratio_of_results
from crossover.analysis.trust.enough import enough
from crossover.analysis.trust.warnings import is_noisy
from crossover.results.comparison import Result
from crossover.results.conclusions.answer import TOO_NOISY, TOO_SHORT, Enough
from crossover.results.conclusions.difference import P99, CaseChange, Change, Difference
from crossover.results.job import JobResult
from crossover.results.kinds import AnyResult
from crossover.results.records import ENOUGH_ROUNDS

DISTURBED = "the machine was busy with something else"


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
    both = [case for case in old if case in recent]
    changes = [_change(case, old[case], recent[case], threshold, len(both)) for case in both]
    return Difference(
        tool=new.tool,
        breached=bool(gone) or any(one.breached for one in changes),
        threshold=threshold,
        unlike=differs,
        slight=slight,
        changes=changes,
        not_proven=_enough(base, new, changes),
        gone=[case_words(case) for case in gone],
        only_base=[case_words(case) for case in missing if case not in gone],
        doubts=[*cases.doubts("before", base), *cases.doubts("now", new)],
        only_new=[case_words(case) for case in recent if case not in old],
        done_once=isinstance(new, JobResult),
    )


def _change(
    case: Case, before: Sequence[RunFigure], now: Sequence[RunFigure], threshold: float, cases_judged: int
) -> CaseChange:
    base, new = _trusted(before), _trusted(now)
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
        _judge(found, base, new, cases_judged)
        found.doubt = _doubt(before) or _doubt(now)
        if found.doubt and found.rounds >= ENOUGH_ROUNDS:
            found.change = Change.UNPROVEN
    found.breached = bool(found.harm) or (found.change is Change.SLOWER and (found.low or 0.0) > threshold)
    return found


def _trusted(figures: Sequence[RunFigure]) -> list[float]:
    """Return the figures that count: those of undisturbed rounds, where there are enough of them."""
    sound = [figure for figure in figures if figure.value]
    quiet = [figure for figure in sound if not figure.disturbed]
    return [figure.value or 0.0 for figure in (quiet if len(quiet) >= ENOUGH_ROUNDS else sound)]


def _doubt(figures: Sequence[RunFigure]) -> str:
    """Return why the rounds of a case prove nothing, in words; "" if they do."""
    if any(figure.short for figure in figures):
        return TOO_SHORT
    if sum(1 for figure in figures if figure.value and not figure.disturbed) < ENOUGH_ROUNDS:
        return DISTURBED if any(figure.disturbed for figure in figures) else ""
    return TOO_NOISY if figures[0].unit != P99 and is_noisy(_trusted(figures)) else ""


def _judge(found: CaseChange, base: Sequence[float], new: Sequence[float], cases_judged: int) -> None:
    """Set how much slower a case is; a higher latency is slower, a lower throughput is slower."""
    median, low, high = ratio_of_results(base, new, cases_judged)
    sign = 1 if found.unit == P99 else -1
    found.slower = sign * (median - 1)
    found.low, found.high = sorted((sign * (low - 1), sign * (high - 1)))
    found.change = Change.CLOSE
    if found.rounds >= ENOUGH_ROUNDS and found.low > 0:
        found.change = Change.SLOWER
    elif found.rounds >= ENOUGH_ROUNDS and found.high < 0:
        found.change = Change.FASTER


def _enough(base: AnyResult, new: AnyResult, changes: Sequence[CaseChange]) -> Enough | None:
    """Return the numbers with which both results would prove what they do not: the larger ones of the two."""
    unproven = [one for one in changes if one.change is Change.UNPROVEN]
    if not unproven:
        return None
    needed = [enough(by_label(one.runs)) for one in (base, new) if isinstance(one, Result)]
    known = [one for one in needed if one is not None]
    return Enough(
        tasks=max((one.tasks for one in known), default=0),
        rounds=max([*(one.rounds for one in known), *(one.rounds for one in unproven)]),
        transports=[one.case for one in unproven],
        reason=" or ".join(dict.fromkeys(one.doubt for one in unproven)),
    )
