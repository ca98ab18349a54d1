"""The last level of a series of results: since when figures are alike, and which of them are outliers.

Figures are logarithms of medians, one for each result, the oldest first.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from typing import NamedTuple

from crossover.analysis.statistics.student import quantile, two_sided

ENOUGH_RESULTS = 6  # older ones that make a band; a new level, too, is known from as many on
SHIFT, OUTLIER = 0.001, 0.01  # probability of seeing one by chance
ONE_OF, MOST_OUTLIERS = 5, 10  # at most one of five results is an outlier, and ten in all


class Level(NamedTuple):
    """The last level.

    Attributes:
        since: number of its first figure.
        outliers: numbers of figures that do not belong to it.
        shift: difference of the level from the one before; None: there was only one.
    """

    since: int
    outliers: frozenset[int]
    shift: float | None


def last_level(figures: Sequence[float]) -> Level:
    """Find the last level of a series, and its outliers.

    As long as the rest can be divided in two that differ more than by chance (Student's t of the best place to divide,
    times the number of places), the part before is another level. Outliers: generalized extreme Studentized deviate
    (Rosner 1983). A single outlier is no level, since a level has six results at least.
    """
    since, shift = 0, None
    while (place := _divided(figures[since:])) is not None:
        before, since = since, since + place
        shift = statistics.median(figures[since:]) - statistics.median(figures[before:since])
    return Level(since, frozenset(since + number for number in _outliers(figures[since:])), shift)


def _divided(figures: Sequence[float]) -> int | None:
    """Return where the first level ends; None if there is only one."""
    count = len(figures)
    places = range(ENOUGH_RESULTS, count - ENOUGH_RESULTS + 1)
    if not places:
        return None
    sums, squares = [0.0], [0.0]
    middle = statistics.fmean(figures)  # differences are small, and their squares would lose digits
    for figure in figures:
        sums.append(sums[-1] + figure - middle)
        squares.append(squares[-1] + (figure - middle) ** 2)

    def spread(place: int) -> float:
        """Return the sum of squares that remains within both parts; the sum of all figures is 0."""
        return max(0.0, squares[-1] - sums[place] ** 2 * (1 / place + 1 / (count - place)))

    lowest = [place for place in places if spread(place) <= min(spread(place - 1), spread(place + 1))]
    if not lowest:  # the best place is near an end: too few results to be a level
        return None
    best = min(lowest, key=spread)
    difference = sums[best] * (1 / best + 1 / (count - best))
    error = math.sqrt(spread(best) / (count - 2) * (1 / best + 1 / (count - best)))
    chance = two_sided(difference / error, count - 2) * len(places) if error else float(not difference)
    return best if chance < SHIFT else None


def _outliers(figures: Sequence[float]) -> list[int]:
    """Return the numbers of outliers: the most extreme one is taken away, and again, and each is tested."""
    left, taken, outliers = list(range(len(figures))), list[int](), 0
    for _ in range(min(MOST_OUTLIERS, len(figures) // ONE_OF)):
        values = [figures[number] for number in left]
        middle = statistics.fmean(values)
        deviation = math.sqrt(math.fsum((value - middle) ** 2 for value in values) / (len(values) - 1))
        extreme = max(left, key=lambda number: abs(figures[number] - middle))
        if not deviation:
            break
        count = len(left)
        t = quantile(1 - OUTLIER / (2 * count), count - 2)
        critical = (count - 1) * t / math.sqrt((count - 2 + t * t) * count)
        left.remove(extreme)
        taken.append(extreme)
        if abs(figures[extreme] - middle) / deviation > critical:
            outliers = len(taken)
    return taken[:outliers]
