"""Student's t distribution for whole degrees of freedom (Abramowitz and Stegun 26.7.3 and 26.7.4), without scipy."""

from __future__ import annotations

import math
import statistics
from functools import cache

HALVINGS = 60  # of the bracket in which a quantile is found


def two_sided(t: float, freedom: int) -> float:
    """Return how likely chance alone gives a value at least as far from 0 as t.

    Args:
        t: any value.
        freedom: degrees of freedom, at least 1.
    """
    angle = math.atan(abs(t) / math.sqrt(freedom))
    cosine = math.cos(angle)
    term = total = cosine if freedom % 2 else 1.0
    for number in range(3 if freedom % 2 else 2, freedom, 2):
        term *= cosine * cosine * (number - 1) / number
        total += term
    within = math.sin(angle) * total
    if freedom % 2:
        within = 2 / math.pi * (angle + (within if freedom > 1 else 0.0))
    return max(0.0, 1.0 - within)


@cache  # it is searched for, and many series have the same length
def quantile(part: float, freedom: int) -> float:
    """Return the value below which this part of the distribution lies.

    Args:
        part: 0.5 to less than 1.
        freedom: degrees of freedom, at least 1.
    """
    outside, low, high = 2 * (1 - part), 0.0, 1.0
    while two_sided(high, freedom) > outside:
        low, high = high, 2 * high
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if two_sided(middle, freedom) > outside else (low, middle)
    return high


def highest_variance(variance: float, count: int, *, above: bool = False) -> float:
    """Return the upper end of the 95% interval of a variance, one-sided (chi-squared by Wilson and Hilferty 1931).

    Args:
        variance: of a sample; with `above`, the true one.
        count: of the sample, at least 2.
        above: whether to return how large the variance of such a sample may be instead.
    """
    part, normal = 2 / (9 * (count - 1)), statistics.NormalDist().inv_cdf(0.95)
    if above:
        return variance * (1 - part + normal * math.sqrt(part)) ** 3
    return variance / (1 - part - normal * math.sqrt(part)) ** 3
