"""Latency against load: the latency of each transport at each rate."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence

import msgspec

from crossover.analysis.run_selection import promise_rank
from crossover.analysis.statistics.intervals import interval
from crossover.analysis.statistics.paired import paired_ratio, told_apart
from crossover.analysis.trust.warnings import CANNOT_KEEP_UP, is_short, keeps_up
from crossover.analysis.verdict import first_damage
from crossover.derived.percentiles import medians
from crossover.results.conclusions.findings import LoadPoint, Ratio, Standing
from crossover.results.records import ENOUGH_ROUNDS, OPEN, Run

Key = tuple[str, float | None, float]


def load_points(runs: Sequence[Run]) -> list[LoadPoint]:
    """Return one point for each transport and rate, over all rounds; runs in closed loop have none.

    With --rate auto the points of a transport stand together, the lowest rate first. At a typed rate the transports of
    a group stand together: those that keep up first, the lowest p99 first.

    Args:
        runs: of a result.
    """
    by_key: dict[Key, list[Run]] = {}
    for run in runs:
        if run.load.mode == OPEN and run.load.rate is not None and run.latency_ms is not None:
            by_key.setdefault((run.transport, run.load.fraction, run.load.rate), []).append(run)
    points = [_point(key, rounds) for key, rounds in by_key.items()]
    typed = [point for point in points if point.fraction is None]
    promises = {run.guarantee.group: promise_rank(run.guarantee) for run in runs}
    judged = [_with_standing(point, typed, by_key) for point in points]
    order = list(dict.fromkeys(point.transport for point in points))
    return sorted(
        judged,
        key=lambda one: (
            (promises[one.group], bool(one.verdict), one.latency_ms.p99)
            if one.fraction is None
            else (promises[one.group], order.index(one.transport), one.fraction)
        ),
    )


def _point(key: Key, runs: Sequence[Run]) -> LoadPoint:
    transport, fraction, rate = key
    latencies = [run.latency_ms for run in runs if run.latency_ms is not None]
    delays = [run.send_delay_ms for run in runs if run.send_delay_ms is not None]
    known = [run.achieved_rate for run in runs if run.achieved_rate is not None]
    achieved = statistics.median(known) if known else None
    p99 = interval([latency.p99 for latency in latencies])
    damaged = first_damage(runs)
    return LoadPoint(
        transport=transport,
        fraction=fraction,
        rate=rate,
        achieved=achieved,
        keeps_up=keeps_up(achieved, rate),
        latency_ms=medians(latencies),
        send_delay_ms=medians(delays),
        p99_low=p99.low,
        p99_high=p99.high,
        group=runs[0].guarantee.group,
        standing=Standing.DAMAGED if damaged else None,
        verdict=str(Standing.DAMAGED) if damaged else CANNOT_KEEP_UP if keeps_up(achieved, rate) is False else "",
        warnings=list(dict.fromkeys(warning for run in runs for warning in run.warnings)),
    )


def _with_standing(point: LoadPoint, typed: Sequence[LoadPoint], runs: dict[Key, list[Run]]) -> LoadPoint:
    """Return a point with its standing in its group, if the rates are the same and there are enough rounds."""
    long = {one.transport for one in typed if not any(map(is_short, runs[one.transport, None, one.rate]))}
    others = [one for one in typed if one.group == point.group and not one.verdict and one.transport in long]
    members = Counter(one.group for one in typed if not one.verdict).values()
    if point.fraction is not None or point.verdict or point not in others or len(others) == 1:
        return point
    comparisons = sum(count * (count - 1) // 2 for count in members)
    best = _lowest(others, runs, comparisons)
    if min(len(runs[one.transport, None, one.rate]) for one in (point, best)) < ENOUGH_ROUNDS:
        return point
    if point is best:
        return msgspec.structs.replace(point, standing=Standing.FASTEST)
    ratio = _ratio(best, point, runs, comparisons)
    higher = ratio is not None and told_apart(ratio) and ratio.low > 1
    return msgspec.structs.replace(point, standing=Standing.SLOWER if higher else Standing.CLOSE, to_best=ratio)


def _lowest(points: Sequence[LoadPoint], runs: dict[Key, list[Run]], comparisons: int) -> LoadPoint:
    """Return the point with the lowest p99, unless the rounds that it shares with another say that this one is lower.

    Then one of them missed rounds in which the machine was slow.
    """
    ordered = sorted(points, key=lambda one: one.latency_ms.p99)
    best = ordered[0]
    for other in ordered[1:]:
        ratio = _ratio(best, other, runs, comparisons)
        if ratio is not None and told_apart(ratio) and ratio.high < 1:
            best = other
    return best


def _ratio(base: LoadPoint, new: LoadPoint, runs: dict[Key, list[Run]], comparisons: int) -> Ratio | None:
    of_base, of_new = (_p99(runs[one.transport, None, one.rate]) for one in (base, new))
    return paired_ratio(of_base, of_new, comparisons=comparisons)


def _p99(runs: Sequence[Run]) -> dict[int, float]:
    return {run.round: run.latency_ms.p99 for run in runs if run.latency_ms is not None and run.latency_ms.p99}
