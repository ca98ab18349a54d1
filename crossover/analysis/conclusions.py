"""What follows from the runs of a result."""

from __future__ import annotations

import msgspec

from crossover.analysis.crossing import crossing_of
from crossover.analysis.scaling import laws_of, points_of
from crossover.analysis.summary import summarise
from crossover.contract.records import Run
from crossover.contract.result import Result


def conclude(result: Result) -> Result:
    """Return a result with all that follows from its runs; nothing else depends on how they came about."""
    if result.plan.worker_counts:  # each transport beside itself; `summary` is for one number of workers
        points = points_of(result.runs, result.host)
        return msgspec.structs.replace(result, points=points, laws=laws_of(points, result), summary=[], crossing=None)
    by_label: dict[str, list[Run]] = {}
    for run in result.runs:
        by_label.setdefault(run.transport, []).append(run)
    summary = summarise(by_label, result.host.cores)
    crossing = crossing_of(summary, by_label, result.host.cores)
    return msgspec.structs.replace(result, summary=summary, crossing=crossing)
