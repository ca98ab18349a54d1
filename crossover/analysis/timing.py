"""Latency and hops of a run, from the time stamps in its history."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from itertools import compress
from operator import sub

from crossover.contract.history import History
from crossover.contract.records import Hops, Percentiles

FOR_P999 = 10_000  # samples


def latency(history: History) -> Percentiles | None:
    """Return percentiles in milliseconds, over the messages that came back; None where none did.

    A message's latency counts from the beginning of its submission until its outcomes were collected.
    """
    samples = sorted(map(sub, compress(history.collected, history.started), compress(history.sent, history.started)))
    return percentiles(samples, 1e6) if samples else None


def percentiles(ordered: Sequence[float], unit: float) -> Percentiles:
    """Return percentiles of samples.

    Args:
        ordered: the samples, at least one, the smallest first.
        unit: what they are divided by.
    """
    return Percentiles(
        p50=_percentile(ordered, 50) / unit,
        p90=_percentile(ordered, 90) / unit,
        p99=_percentile(ordered, 99) / unit,
        p999=_percentile(ordered, 99.9) / unit if len(ordered) >= FOR_P999 else None,
        max=ordered[-1] / unit,
        mean=statistics.fmean(ordered) / unit,
    )


def hops(history: History) -> Hops | None:
    """Return the median of each hop in microseconds, over the messages that came back; None where none did."""
    came = history.started
    if not any(came):
        return None

    def median(until: Sequence[int], since: Sequence[int]) -> float:
        middle: float = statistics.median(map(sub, compress(until, came), compress(since, came)))
        return middle / 1e3

    return Hops(
        submit=statistics.median(filter(None, history.submit)) / 1e3,
        wait=median(history.started, history.sent),
        execute=median(history.finished, history.started),
        back=median(history.collected, history.finished),
    )


def executing(history: History) -> float:
    """Return how many seconds workers were at the work itself, summed over the messages that came back."""
    nanoseconds: int = sum(history.finished) - sum(history.started)
    return nanoseconds / 1e9


def _percentile(ordered: Sequence[float], percent: float) -> float:
    """Return the smallest sample that at least `percent` of all samples do not exceed (nearest rank)."""
    rank = -(-len(ordered) * percent // 100)
    return ordered[max(0, int(rank) - 1)]
