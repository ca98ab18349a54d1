"""The band in which the newest median of a case lies, as far as older results tell: a prediction interval."""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Sequence
from typing import NamedTuple

from crossover.analysis.differences.level import ENOUGH_RESULTS, Level, last_level
from crossover.analysis.statistics.student import highest_variance, quantile

OUTSIDE = 0.05  # probability that one of the newest medians leaves its band by chance, of all cases together
FEWEST_INDEPENDENT = 3.0  # results, however much alike neighbours are
CORRELATED = 8  # results from which on it can be seen that neighbours are alike
NORMAL = 1.4826  # standard deviation of normal noise, in median absolute deviations
OF_MEDIAN = math.sqrt(math.pi / 2)  # standard error of a median, times that of a mean (for normal noise, many samples)


class Band(NamedTuple):
    """The band of a case, in the unit of its figure."""

    low: float
    middle: float
    high: float


def band_of(older: Sequence[Sequence[float]], rounds: int, cases: int) -> tuple[Level, Band | None]:
    """Return which older results count, and the band; None if there are too few of them.

    Student's prediction interval for one more median, on logarithms, from the results of the last level without
    outliers. Three things make it wider than the textbook's:

    - where neighbours are alike, fewer results are independent: n (1 - r) / (1 + r) (Bayley and Hammersley 1946);
    - medians that happen to be alike vary as the rounds within a result do, as far as the results do not rule that out,
      and more if the newest has fewer rounds;
    - all cases together leave their bands by chance in 5% of comparisons, not each (Bonferroni).

    Args:
        older: for each older result, the oldest first, the figures of its sound rounds; none is empty.
        rounds: sound rounds of the newest.
        cases: that are judged together.
    """
    figures = [math.log(statistics.median(values)) for values in older]
    level = last_level(figures) if figures else Level(0, frozenset(), None)
    counted = [number for number in range(level.since, len(figures)) if number not in level.outliers]
    if len(figures) < ENOUGH_RESULTS:
        return level, None
    values = [figures[number] for number in counted]
    middle = statistics.fmean(values)
    variance, independent = _variance(values)
    typical, newest = _noise([older[number] for number in counted], rounds)
    believed = min(1.0, highest_variance(variance, len(values)) / typical) if typical else 0.0
    variance = max(variance, believed * typical) + believed * max(0.0, newest - typical)
    t = quantile(1 - OUTSIDE / 2 / max(1, cases), int(independent) - 1)
    width = t * math.sqrt(variance * (1 + 1 / independent))
    return level, Band(math.exp(middle - width), math.exp(middle), math.exp(middle + width))


def _variance(values: Sequence[float]) -> tuple[float, float]:
    """Return the variance of figures, and the number of independent ones that they are worth."""
    count, middle = len(values), statistics.fmean(values)
    away = [value - middle for value in values]
    squares = math.fsum(one * one for one in away)
    if count < CORRELATED or not squares:
        return squares / (count - 1), float(count)
    alike = max(0.0, math.fsum(one * other for one, other in itertools.pairwise(away)) / squares)
    independent = max(FEWEST_INDEPENDENT, count * (1 - alike) / (1 + alike))
    return squares / count / (1 - 1 / independent), independent


def _noise(older: Sequence[Sequence[float]], rounds: int) -> tuple[float, float]:
    """Return the variance of a median that the rounds within results explain: of a usual older one, of the newest."""
    within = [_spread([math.log(value) for value in values]) for values in older if len(values) > 1]
    usual = statistics.median([len(values) for values in older])
    variance = statistics.median(within) ** 2 if within else 0.0
    return variance * _of_median(usual), variance * _of_median(rounds)


def _spread(values: Sequence[float]) -> float:
    """Return the standard deviation of rounds from their median absolute deviation: the first one is often off."""
    middle = statistics.median(values)
    return NORMAL * statistics.median([abs(value - middle) for value in values])


def _of_median(rounds: float) -> float:
    """Return the variance of a median of so many rounds, as a part of the variance of a round."""
    return OF_MEDIAN**2 / rounds if rounds > 2 else 1 / max(1.0, rounds)  # noqa: PLR2004 - of two it is the mean
