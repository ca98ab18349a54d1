"""What follows from the runs of a result."""

from __future__ import annotations

import msgspec

from crossover.analysis import run_selection
from crossover.analysis.backlogs import backlogs_of
from crossover.analysis.break_even_checks import checks_of
from crossover.analysis.crossing import crossing_of
from crossover.analysis.latency.loads import load_points
from crossover.analysis.payload_sizes import sweep_of
from crossover.analysis.scaling.points import laws_of, points_of
from crossover.analysis.summary import summarise
from crossover.results.comparison import Result
from crossover.results.records import OPEN


def conclude(result: Result) -> Result:
    """Return a result with all that follows from its runs; nothing else depends on how they came about."""
    plan, cores = result.plan, result.host.cores
    if plan.worker_counts:  # each transport beside itself; `summary` is for one number of workers
        points = points_of(result.runs, result.host)
        return msgspec.structs.replace(result, points=points, laws=laws_of(points, result), summary=[], crossing=None)
    runs = run_selection.by_label(run for run in result.runs if run.load.mode != OPEN)
    if plan.payloads:
        return msgspec.structs.replace(result, sweep=sweep_of(runs, cores))
    if plan.backlog:
        return msgspec.structs.replace(result, summary=summarise(runs, cores, {}), backlogs=backlogs_of(runs))
    idle, full = run_selection.of_nothing(result), run_selection.of_a_full_window(result)
    summary = summarise(runs, cores, idle)
    return msgspec.structs.replace(
        result,
        summary=[msgspec.structs.replace(one, wire_bytes=result.wire.get(one.transport)) for one in summary],
        crossing=crossing_of(summary, runs, cores, full),
        loads=load_points(result.runs),
        checks=checks_of(run_selection.of_the_check(result.probes), idle, cores),
    )
