"""The ratio of two transports from rounds in which both ran: what slows a whole round down cancels out."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from crossover.analysis.statistics.student import quantile, two_sided
from crossover.analysis.verdict import damage
from crossover.results.records import Run

SURE = 0.05  # a difference is called if chance alone gives it in fewer than 1 of 20 comparisons


class Paired(NamedTuple):
    """A ratio of throughputs, taken round by round.

    Attributes:
        ratio: new to base, 1: equally fast.
        low, high: its interval.
        p: how likely chance alone makes a difference at least this large, 0 to 1.
        rounds: how many pairs it is from.
    """

    ratio: float
    low: float
    high: float
    p: float
    rounds: int


def sound_rounds(runs: Iterable[Run]) -> dict[int, float]:
    """Return round → throughput; rounds in which anything was lost or failed are left out."""
    return {run.round: run.throughput for run in runs if run.throughput and not damage(run)}


def paired_ratio(base: Mapping[int, float], new: Mapping[int, float], level: float = SURE) -> Paired | None:
    """Return the ratio of two transports over the rounds that both have; None with fewer than two of them.

    Each round gives one ratio. The estimate is their geometric mean, and the interval is Student's, of the logarithms.

    Args:
        base: round → throughput, as from `sound_rounds`.
        new: likewise, of the one that is compared with it.
        level: how often the interval may miss: 0.05 gives a 95% interval.
    """
    logs = [math.log(new[number] / base[number]) for number in sorted(base.keys() & new.keys())]
    if len(logs) < 2:  # noqa: PLR2004 - one ratio has no spread
        return None
    middle, error, freedom = statistics.fmean(logs), statistics.stdev(logs) / math.sqrt(len(logs)), len(logs) - 1
    half = quantile(1 - level / 2, freedom) * error
    p = two_sided(middle / error, freedom) if error else float(middle == 0.0)
    return Paired(math.exp(middle), math.exp(middle - half), math.exp(middle + half), p, len(logs))
