"""Whether the newest of many results leaves the band that the older ones of its own kind make, case by case."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from crossover.analysis.differences import cases
from crossover.analysis.differences.band import Band, band_of
from crossover.analysis.differences.cases import Case, case_words
from crossover.analysis.differences.figures import NOTHING, RunFigure, run_figures
from crossover.analysis.differences.level import ENOUGH_RESULTS, Level
from crossover.results.conclusions.difference import P99, CaseSeries, Change, Difference, OlderResult, Point, PointRole
from crossover.results.kinds import AnyResult


class OlderFigures(NamedTuple):
    """What is kept of an older result, of which there may be hundreds.

    Attributes:
        about: its name, its date, and what differs slightly from the newest.
        figures: one for each run.
        unlike: what differs, too, in words, and was allowed to.
    """

    about: OlderResult
    figures: Sequence[RunFigure]
    unlike: Sequence[str] = ()


def difference_from_older(older: Sequence[OlderFigures], name: str, new: AnyResult, threshold: float) -> Difference:
    """Compare the newest result with older ones of its own kind.

    Args:
        older: by date, the oldest first.
        name: of the newest.
        new: the newest.
        threshold: fraction by which a case may be beyond its band.
    """
    recent = run_figures(new)
    conditions = cases.distinguishing(figure for one in older for figure in one.figures)
    conditions |= cases.distinguishing(recent)
    now = cases.cases_of(recent, conditions)
    before = [cases.cases_of(one.figures, conditions) for one in older]
    known = dict.fromkeys(case for found in before for case in found)
    missing = [case for case in known if case not in now]
    gone = [case for case in missing if case[0] in cases.planned_labels(new)]
    newest = OlderResult(name, new.started_at)
    series = [
        _series(case, {one.about.name: found.get(case, []) for one, found in zip(older, before, strict=True)}, figures)
        for case, figures in now.items()
    ]
    measured = sum(1 for one in series if one.unit)
    dates = {one.name: one.started_at for one in (*(one.about for one in older), newest)}
    judged = [_judged(one, dates, name, threshold, measured) for one in series]
    return Difference(
        tool=new.tool,
        base=f"{len(older):,} older result{'' if len(older) == 1 else 's'}",
        new=name,
        breached=bool(gone) or any(one.breached for one in judged),
        threshold=threshold,
        unlike=list(dict.fromkeys(words for one in older for words in one.unlike)),
        series=judged,
        gone=[case_words(case) for case in gone],
        only_base=[case_words(case) for case in missing if case in before[-1] and case not in gone],
        only_new=[case_words(case) for case in now if case not in known] if older else [],
        doubts=list(cases.doubts("now", new)),
        older=[one.about for one in older],
    )


class _Series(NamedTuple):
    """One case in all results.

    Attributes:
        case: its name.
        unit: of the figures.
        older: name of an older result → the figures of its sound rounds, where there are any.
        now: the figures of the newest.
        harm: what went wrong now and not before, in words.
    """

    case: str
    unit: str
    older: Mapping[str, Sequence[float]]
    now: Sequence[float]
    harm: str


def _series(case: Case, before: Mapping[str, Sequence[RunFigure]], now: Sequence[RunFigure]) -> _Series:
    unit = now[0].unit
    sound = {
        name: [figure.value for figure in figures if figure.value and figure.unit == unit]
        for name, figures in before.items()
    }
    older = {name: values for name, values in sound.items() if values}
    values = [figure.value for figure in now if figure.value]
    every = [figure for figures in before.values() for figure in figures]
    return _Series(case_words(case), unit, older, values, cases.harm(every, now, gone=bool(older) and not values))


def _judged(one: _Series, dates: Mapping[str, str], newest: str, threshold: float, together: int) -> CaseSeries:
    """Return a case with its points and its band, and whether the newest has left it.

    Args:
        one: the case.
        dates: name of a result → when it was started.
        newest: name of the newest.
        threshold: fraction by which a case may be beyond its band.
        together: cases that are judged.
    """
    found = CaseSeries(one.case, one.unit, [], harm=one.harm, breached=bool(one.harm))
    if one.unit == NOTHING:
        return found
    level, band = band_of(list(one.older.values()), len(one.now), together)
    found.points = [
        Point(name, dates[name], statistics.median(values), len(values), _role(number, level))
        for number, (name, values) in enumerate(one.older.items())
    ]
    found.missing = max(0, ENOUGH_RESULTS - len(one.older))
    found.shift = None if level.shift is None else _slower(one.unit, math.exp(level.shift))
    if one.now:
        value = statistics.median(one.now)
        found.points.append(Point(newest, dates[newest], value, len(one.now), PointRole.NEWEST))
    if band is not None:
        found.low, found.middle, found.high = band
        if one.now:
            _judge(found, value, band, threshold)
    return found


def _judge(found: CaseSeries, value: float, band: Band, threshold: float) -> None:
    """Set how much slower the newest is, and whether it has left the band."""
    slow, fast = (band.high, band.low) if found.unit == P99 else (band.low, band.high)
    found.slower, found.beyond = _slower(found.unit, value / band.middle), _slower(found.unit, value / slow)
    found.change = Change.CLOSE
    if found.beyond > 0:
        found.change = Change.SLOWER
        found.breached |= found.beyond > threshold
    elif _slower(found.unit, value / fast) < 0:
        found.change = Change.FASTER


def _slower(unit: str, ratio: float) -> float:
    """Return how much slower: a higher latency is slower, a lower throughput is slower."""
    return ratio - 1 if unit == P99 else 1 - ratio


def _role(number: int, level: Level) -> PointRole:
    if number < level.since:
        return PointRole.OTHER_LEVEL
    return PointRole.OUTLIER if number in level.outliers else PointRole.COUNTED
