"""What follows from the runs of a result."""

from __future__ import annotations

import msgspec

from crossover.analysis import kinds
from crossover.analysis.checks import checks_of
from crossover.analysis.crossing import crossing_of
from crossover.analysis.scaling import laws_of, points_of
from crossover.analysis.summary import summarise
from crossover.analysis.sweep import sweep_of
from crossover.contract.result import Result


def conclude(result: Result) -> Result:
    """Return a result with all that follows from its runs; nothing else depends on how they came about."""
    plan, cores = result.plan, result.host.cores
    if plan.worker_counts:  # each transport beside itself; `summary` is for one number of workers
        points = points_of(result.runs, result.host)
        return msgspec.structs.replace(result, points=points, laws=laws_of(points, result), summary=[], crossing=None)
    if plan.payloads:
        return msgspec.structs.replace(result, sweep=sweep_of(kinds.by_label(result.runs)))
    runs = kinds.by_label(result.runs)
    idle = kinds.of_nothing(result, kinds.one_each(plan))
    full = kinds.of_nothing(result, plan.window)
    summary = summarise(runs, cores, idle)
    return msgspec.structs.replace(
        result,
        summary=summary,
        crossing=crossing_of(summary, runs, cores, full),
        checks=checks_of(kinds.of_the_check(result.probes), idle, cores),
    )
