"""Medians and ratios with their 95% confidence intervals."""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Sequence
from typing import NamedTuple

from crossover.analysis.statistics.student import quantile

RESAMPLES = 2_000  # of the bootstrap


class Interval(NamedTuple):
    """A median with its 95% interval."""

    median: float
    low: float
    high: float

    @property
    def relative_half_width(self) -> float:
        """Half the interval's width, as a fraction of the median."""
        return (self.high - self.low) / 2 / self.median if self.median else 0.0

    def overlaps(self, other: Interval) -> bool:
        """Return whether the two intervals overlap: then the medians are within noise of each other."""
        return self.low <= other.high and other.low <= self.high


def interval(samples: Sequence[float], seed: int = 0) -> Interval:
    """Return the median and its 95% interval: the percentile bootstrap (Efron 1979; 2,000 resamples), expanded.

    With few samples the plain percentile interval is too narrow: with seven, a transport would differ from itself in 1
    of 15 comparisons. Expanded percentiles (Hesterberg 2015, "What Teachers Should Know About the Bootstrap") correct
    that.

    Args:
        samples: one per round, at least one; with seven or fewer the interval is nearly their range.
        seed: makes the same samples give the same interval.
    """
    draw = random.Random(seed)  # noqa: S311 - resampling, not secrets
    medians = sorted(statistics.median(draw.choices(samples, k=len(samples))) for _ in range(RESAMPLES))
    outside = int(RESAMPLES * _expanded(len(samples)))
    return Interval(statistics.median(samples), medians[outside], medians[-1 - outside])


def ratio_of_results(base: Sequence[float], new: Sequence[float], comparisons: int = 1) -> Interval:
    """Return the ratio of the medians of two results, new to base, and its 95% interval.

    All rounds of a result have the same caches, clocks and neighbours, and those of the next result have others. Two
    results cannot show how much that is, so each is taken to be off by as much as one round: the variance of the ratio
    is s² (1 / n + 1) of each, as in Student's prediction interval, on logarithms, with Welch's degrees of freedom.

    Args:
        base: one per round, at least one, none of them 0.
        new: likewise, of the later result.
        comparisons: cases that are judged together; the interval is corrected for them (Bonferroni).
    """
    middle = math.log(statistics.median(new) / statistics.median(base))
    parts = [
        (statistics.variance([math.log(one) for one in values]) * (1 / len(values) + 1), len(values) - 1)
        for values in (base, new)
        if len(values) > 1
    ]
    variance = sum(part for part, _ in parts)
    if not variance:
        return Interval(math.exp(middle), math.exp(middle), math.exp(middle))
    freedom = int(variance**2 / sum(part**2 / free for part, free in parts))
    half = quantile(1 - 0.025 / max(1, comparisons), max(1, freedom)) * math.sqrt(variance)
    return Interval(*(math.exp(middle + sign * half) for sign in (0, -1, 1)))


def _expanded(count: int) -> float:
    """Return the fraction of resamples outside each end of the interval: Φ(-√(n / (n-1)) × t), not 0.025.

    t is Student's for 97.5% and n-1 degrees of freedom (expansion: Abramowitz and Stegun 26.7.5).
    """
    if count == 1:
        return 0.0
    normal = statistics.NormalDist()
    z, free = normal.inv_cdf(0.975), count - 1
    t = z + (z**3 + z) / (4 * free) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * free**2)
    return normal.cdf(-math.sqrt(count / free) * t)
