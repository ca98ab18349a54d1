"""Latency, send delay and hops of a run, from the time stamps in its history; and hops over all rounds."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from crossover.analysis.latency.samples import median, ordered_differences, stamped
from crossover.recording.history import History
from crossover.results.records import Hops, Percentiles, Run

FOR_P999 = 10_000  # samples
QUARTER, MOST_MESSAGES = 4, 100_000  # the achieved rate is counted between the first and the last quarter


def latency(history: History) -> Percentiles | None:
    """Return percentiles in milliseconds, over the messages that came back; None if none did.

    A message's latency ends when its outcomes are collected. It begins in closed loop when its submission begins, in
    open loop when its submission should have begun.
    """
    samples = ordered_differences(
        history, history.collected, None if history.interval else history.sent, history.collected
    )
    return percentiles(samples, 1e6) if len(samples) else None


def send_delay(history: History) -> Percentiles | None:
    """Return how much later than intended messages were sent, in milliseconds; None in closed loop."""
    if not history.interval:
        return None
    samples = ordered_differences(history, history.sent, None, history.collected)
    return percentiles(samples, 1e6) if len(samples) else None


def achieved_rate(history: History) -> float | None:
    """Return how many tasks per second came back, in open loop; None if too few came back.

    Counted from the least delayed message of the first quarter to the least delayed one of the last quarter: a delay of
    single messages, even of the last ones, says nothing about the rate.
    """
    messages = history.attempted // history.batch
    quarter = max(1, min(MOST_MESSAGES, messages // QUARTER))
    if not history.interval or messages < 2 * quarter:
        return None
    first = _soonest(history, range(quarter))
    last = _soonest(history, range(messages - quarter, messages))
    if first is None or last is None or history.collected[last] <= history.collected[first]:
        return None
    came = sum(map(bool, history.collected[first:last])) * history.batch
    seconds: float = (history.collected[last] - history.collected[first]) / 1e9
    return came / seconds


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
        max=float(ordered[-1]) / unit,
        mean=_mean(ordered) / unit,
    )


def hops(history: History) -> Hops | None:
    """Return the median of each hop in microseconds, over the messages that have time stamps; None if none has."""
    known = stamped(history)
    if not any(known):
        return None

    def hop(until: Sequence[int], since: Sequence[int]) -> float:
        return median(ordered_differences(history, until, since, known)) / 1e3

    submit = statistics.median(filter(None, history.submit)) / 1e3
    return Hops(
        submit=submit,
        wait=max(0.0, hop(history.started, history.sent) - submit),  # a message is sent when the call begins
        execute=hop(history.finished, history.started),
        back=hop(history.collected, history.finished),
    )


def median_hops(runs: Sequence[Run]) -> Hops | None:
    """Return the median over the rounds of each hop, in microseconds; None if nothing came back."""
    found = [run.hops_us for run in runs if run.hops_us]
    if not found:
        return None
    return Hops(
        submit=statistics.median(hops.submit for hops in found),
        wait=statistics.median(hops.wait for hops in found),
        execute=statistics.median(hops.execute for hops in found),
        back=statistics.median(hops.back for hops in found),
    )


def execute_seconds(history: History) -> float:
    """Return how many seconds workers spent on the work itself, for all messages that came back.

    What was stamped stands for what was not.
    """
    taken = ordered_differences(history, history.finished, history.started, stamped(history))
    return float(sum(taken)) / 1e9 * sum(map(bool, history.collected)) / len(taken) if len(taken) else 0.0


def _percentile(ordered: Sequence[float], percent: float) -> float:
    """Return the smallest sample that at least `percent` of all samples do not exceed (nearest rank)."""
    rank = -(-len(ordered) * percent // 100)
    return float(ordered[max(0, int(rank) - 1)])


def _mean(ordered: Sequence[float]) -> float:
    """Return the mean; numpy sums integers exactly, as fmean does."""
    exact = getattr(ordered, "sum", None)
    return statistics.fmean(ordered) if exact is None else float(int(exact())) / len(ordered)


def _soonest(history: History, messages: range) -> int | None:
    """Return the message that was collected soonest after it should have been sent; None if none came back."""
    came = [message for message in messages if history.collected[message]]
    return min(came, key=lambda m: history.collected[m] - m * history.interval, default=None)
