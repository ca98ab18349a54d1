"""What follows from the runs of a result."""

from __future__ import annotations

import msgspec

from crossover.analysis import kinds
from crossover.analysis.backlog import backlogs_of
from crossover.analysis.checks import checks_of
from crossover.analysis.crossing import crossing_of
from crossover.analysis.loads import load_points
from crossover.analysis.scaling import laws_of, points_of
from crossover.analysis.summary import summarise
from crossover.analysis.sweep import sweep_of
from crossover.contract.records import OPEN
from crossover.contract.result import Result


def conclude(result: Result) -> Result:
    """Return a result with all that follows from its runs; nothing else depends on how they came about."""
    plan, cores = result.plan, result.host.cores
    if plan.worker_counts:  # each transport beside itself; `summary` is for one number of workers
        points = points_of(result.runs, result.host)
        return msgspec.structs.replace(result, points=points, laws=laws_of(points, result), summary=[], crossing=None)
    runs = kinds.by_label(run for run in result.runs if run.load.mode != OPEN)  # at a rate all have the same throughput
    if plan.payloads:
        return msgspec.structs.replace(result, sweep=sweep_of(runs, cores))
    if plan.backlog:
        return msgspec.structs.replace(result, summary=summarise(runs, cores, {}), backlogs=backlogs_of(runs))
    idle, full = kinds.of_nothing(result), kinds.of_a_full_window(result)
    summary = summarise(runs, cores, idle)
    return msgspec.structs.replace(
        result,
        summary=[msgspec.structs.replace(one, wire_bytes=result.wire.get(one.transport)) for one in summary],
        crossing=crossing_of(summary, runs, cores, full),
        loads=load_points(result.runs),
        checks=checks_of(kinds.of_the_check(result.probes), idle, cores),
    )
