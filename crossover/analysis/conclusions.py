"""What follows from the runs of a result."""

from __future__ import annotations

import msgspec

from crossover.analysis.backlog import backlogs_of
from crossover.analysis.crossing import crossing_of
from crossover.analysis.summary import summarise
from crossover.contract.records import Run
from crossover.contract.result import Result


def conclude(result: Result) -> Result:
    """Return a result with all that follows from its runs; nothing else depends on how they came about."""
    by_label: dict[str, list[Run]] = {}
    for run in result.runs:
        by_label.setdefault(run.transport, []).append(run)
    summary = summarise(by_label, result.host.cores)
    summary = [msgspec.structs.replace(one, wire_bytes=result.wire.get(one.transport)) for one in summary]
    crossing = None if result.plan.backlog else crossing_of(summary, by_label, result.host.cores)
    return msgspec.structs.replace(result, summary=summary, crossing=crossing, backlogs=backlogs_of(by_label))
