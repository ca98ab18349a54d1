"""What the size of a payload does to each transport."""

from __future__ import annotations

from crossover.analysis.kinds import Rounds
from crossover.analysis.statistics import interval
from crossover.contract.findings import SweepPoint
from crossover.contract.records import Run

THERE_AND_BACK = 2


def sweep_of(runs: Rounds) -> list[SweepPoint]:
    """Return each transport at each size, in the order in which they were measured.

    Args:
        runs: per transport, its rounds of all sizes.
    """
    return [
        _point(transport, size, [run for run in rounds if run.payload_bytes == size])
        for transport, rounds in runs.items()
        for size in dict.fromkeys(run.payload_bytes for run in rounds)
        if size is not None
    ]


def _point(transport: str, size: int, runs: list[Run]) -> SweepPoint:
    figures = interval([run.throughput for run in runs])
    return SweepPoint(
        transport=transport,
        payload_bytes=size,
        throughput=figures.median,
        ci95_low=figures.low,
        ci95_high=figures.high,
        mb_per_s=figures.median * size * THERE_AND_BACK / 1e6,
    )
