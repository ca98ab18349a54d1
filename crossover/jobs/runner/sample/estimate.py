"""How long all lines take, from what a few have taken."""

from __future__ import annotations

import random
import statistics
from collections.abc import Sequence
from typing import NamedTuple

RESAMPLES = 1_000
LOW, HIGH = 0.025, 0.975  # between them: 95 %
LINES_PER_SECOND = 200_000  # that the command reads, gives out and writes, about (benchmarks/runner/endurance.py)


class Estimate(NamedTuple):
    """How long lines take together, in seconds.

    Attributes:
        seconds: most likely.
        low, high: the 95 % interval; None: too few lines tell.
    """

    seconds: float
    low: float | None
    high: float | None


def estimate(times: Sequence[float], lines: int, workers: int) -> Estimate:
    """Return how long lines take on workers of which each has its own core, or waits.

    The interval is that of the mean, by bootstrap (B. Efron, "Bootstrap methods", Annals of Statistics 7, 1979).

    Args:
        times: seconds of each line of a sample, at least one.
        lines: how many there are.
        workers: how many.
    """

    def together(mean: float) -> float:
        return max(mean * lines / min(workers, max(1, lines)), lines / LINES_PER_SECOND)

    if len(times) == 1:
        return Estimate(together(times[0]), None, None)
    generator = random.Random(0)  # noqa: S311 - no secret
    means = sorted(statistics.fmean(generator.choices(times, k=len(times))) for _ in range(RESAMPLES))
    low, high = (means[round(part * (RESAMPLES - 1))] for part in (LOW, HIGH))
    return Estimate(together(statistics.fmean(times)), together(low), together(high))
