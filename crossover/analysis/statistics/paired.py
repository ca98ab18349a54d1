"""The ratio of two transports from rounds in which both ran: what slows a whole round down cancels out."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from crossover.analysis.statistics.student import quantile, two_sided
from crossover.analysis.verdict import damage
from crossover.results.conclusions.findings import Ratio
from crossover.results.records import ENOUGH_ROUNDS, Run

SURE = 0.025  # how often an interval may miss: at 0.05, 100 comparisons of equals would often call 6 or more different
FAR = 1.2  # the ratio from which on fewer than `ENOUGH_ROUNDS` may tell two apart
TRIMMED = 8  # of so many rounds, the highest and the lowest ratio are left out

Rounds = Mapping[int, float]
"""Round → figure; only of rounds in which nothing was lost and nothing failed."""


class LogRatio(NamedTuple):
    """The logarithm of a ratio.

    Attributes:
        middle: the estimate.
        variance: of the estimate.
        freedom: degrees of freedom of the variance.
        rounds: how many pairs it is from.
    """

    middle: float
    variance: float
    freedom: int
    rounds: int

    @property
    def p(self) -> float:
        """How likely chance alone makes a difference at least this large, 0 to 1."""
        if not self.variance:
            return float(not self.middle)
        return two_sided(self.middle / math.sqrt(self.variance), self.freedom)

    def ratio(self, level: float, p: float) -> Ratio:
        """Return the ratio with its interval.

        Args:
            level: how often the interval may miss, 0 to 1.
            p: corrected for the number of comparisons.
        """
        half = quantile(1 - level / 2, self.freedom) * math.sqrt(self.variance)
        low, high = (math.exp(self.middle + sign * half) for sign in (-1, 1))
        return Ratio(ratio=math.exp(self.middle), low=low, high=high, p=p, rounds=self.rounds)


def sound_rounds(runs: Iterable[Run]) -> dict[int, float]:
    """Return round → throughput; rounds in which anything was lost or failed are left out."""
    return {run.round: run.throughput for run in runs if run.throughput and not damage(run)}


def paired_ratio(base: Rounds, new: Rounds, level: float = SURE, comparisons: int = 1) -> Ratio | None:
    """Return the ratio of two transports over the rounds that both have; None with fewer than two of them.

    Args:
        base: round → throughput, as from `sound_rounds`.
        new: likewise, of the one that is compared with it.
        level: how often the interval may miss, 0 to 1.
        comparisons: how many could have been made as well; the interval and p are corrected for them (Bonferroni).
    """
    found = log_ratio(base, new)
    return found.ratio(level / comparisons, min(1.0, found.p * comparisons)) if found else None


def told_apart(found: Ratio | None) -> bool:
    """Return whether a ratio's interval does not hold 1; with few rounds, it has to be far from 1."""
    if found is None or not found.differs:
        return False
    return found.rounds >= ENOUGH_ROUNDS or found.high < 1 / FAR or found.low > FAR


def log_ratio(base: Rounds, new: Rounds) -> LogRatio | None:
    """Return the mean of the logarithms of the rounds' ratios, new to base; None with fewer than two rounds.

    With eight rounds or more an eighth is left out at each end, so that one round that was held up decides nothing; the
    variance is then that of a trimmed mean (Yuen 1974), × h / (h - 1) of the h that remain: without that, chance alone
    would call a difference more often than Student's t says, because so few remain (docs/decisions).

    Args:
        base: round → a figure above 0.
        new: likewise, of the one that is compared with it.
    """
    logs = sorted(math.log(new[number] / base[number]) for number in base.keys() & new.keys())
    count = len(logs)
    if count < 2:  # noqa: PLR2004 - one ratio has no spread
        return None
    cut = count // TRIMMED
    if not cut:
        return LogRatio(statistics.fmean(logs), statistics.variance(logs) / count, count - 1, count)
    kept = logs[cut:-cut]
    pulled_in = [kept[0]] * cut + kept + [kept[-1]] * cut
    freedom = len(kept) - 1
    variance = statistics.variance(pulled_in) * (count - 1) / freedom**2
    return LogRatio(statistics.fmean(kept), variance, freedom, count)
