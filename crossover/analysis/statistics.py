"""Medians and how sure they are."""

from __future__ import annotations

import random
import statistics
from collections.abc import Sequence
from typing import NamedTuple

RESAMPLES = 2_000


class Interval(NamedTuple):
    """A median with its 95 % interval."""

    median: float
    low: float
    high: float

    def overlaps(self, other: Interval) -> bool:
        """Say whether the two intervals share anything: then the medians cannot be told apart."""
        return self.low <= other.high and other.low <= self.high


def interval(samples: Sequence[float], seed: int = 0) -> Interval:
    """Return the median and its percentile-bootstrap interval (Efron 1979; 2,000 resamples).

    Args:
        samples: one per round, at least one; of five or fewer the interval is nearly their range.
        seed: makes the same samples give the same interval.
    """
    draw = random.Random(seed)  # noqa: S311 - resampling, not secrets
    medians = sorted(statistics.median(draw.choices(samples, k=len(samples))) for _ in range(RESAMPLES))
    return Interval(statistics.median(samples), medians[RESAMPLES // 40], medians[-1 - RESAMPLES // 40])
