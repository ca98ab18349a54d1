"""Payload sizes: the throughput of each transport at each size."""

from __future__ import annotations

from crossover.analysis.run_selection import RunsByLabel
from crossover.analysis.summary import summarise
from crossover.results.conclusions.findings import Summary, SweepPoint

THERE_AND_BACK = 2


def sweep_points(runs: RunsByLabel, cores: int) -> list[SweepPoint]:
    """Return one point for each size and transport, the smallest size first; each group is ranked at each size.

    Args:
        runs: label → its runs of all sizes.
        cores: usable cores of the machine.
    """
    sizes = sorted({run.payload_bytes for rounds in runs.values() for run in rounds if run.payload_bytes is not None})
    found = []
    for size in sizes:
        of_size = {label: [run for run in rounds if run.payload_bytes == size] for label, rounds in runs.items()}
        found += [_point(one, size) for one in summarise(of_size, cores, {}, len(sizes))]
    return found


def _point(one: Summary, size: int) -> SweepPoint:
    return SweepPoint(
        transport=one.transport,
        payload_bytes=size,
        throughput=one.throughput,
        ci95_low=one.ci95_low,
        ci95_high=one.ci95_high,
        mb_per_s=one.throughput * size * THERE_AND_BACK / 1e6,
        group=one.group,
        standing=one.standing,
        verdict=one.verdict,
        warnings=one.warnings,
        to_fastest=one.to_fastest,
    )
