"""What follows from the runs of a result."""

from __future__ import annotations

import msgspec

from crossover.analysis.crossing import crossing_of
from crossover.analysis.loads import load_points
from crossover.analysis.summary import summarise
from crossover.contract.records import OPEN, Run
from crossover.contract.result import Result


def conclude(result: Result) -> Result:
    """Return a result with all that follows from its runs; nothing else depends on how they came about."""
    by_label: dict[str, list[Run]] = {}
    for run in result.runs:
        if run.load.mode != OPEN:  # at a given rate all have the same throughput
            by_label.setdefault(run.transport, []).append(run)
    summary = summarise(by_label, result.host.cores)
    crossing = crossing_of(summary, by_label, result.host.cores)
    return msgspec.structs.replace(result, summary=summary, crossing=crossing, loads=load_points(result.runs))
