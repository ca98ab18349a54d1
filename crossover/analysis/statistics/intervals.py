"""Medians and ratios with their 95% confidence intervals."""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Sequence
from typing import NamedTuple

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


def ratio(base: Sequence[float], new: Sequence[float], seed: int = 0) -> Interval:
    """Return the ratio of two medians, new to base, and its 95% interval; the two are resampled independently.

    Args:
        base: one per round, at least one, none of them 0.
        new: likewise, of the later result.
        seed: makes the same samples give the same interval.
    """
    draw = random.Random(seed)  # noqa: S311 - resampling, not secrets

    def median(samples: Sequence[float]) -> float:
        return statistics.median(draw.choices(samples, k=len(samples)))

    ratios = sorted(median(new) / median(base) for _ in range(RESAMPLES))
    outside = int(RESAMPLES * _expanded(min(len(base), len(new))))
    return Interval(statistics.median(new) / statistics.median(base), ratios[outside], ratios[-1 - outside])


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
