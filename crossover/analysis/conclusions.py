"""The entry point of the analysis: completes a result with everything that follows from its runs."""

from __future__ import annotations

import msgspec

from crossover.analysis import run_selection
from crossover.analysis.backlogs import backlog_points
from crossover.analysis.break_even import check_break_even
from crossover.analysis.crossover_point import crossover_point
from crossover.analysis.latency.loads import load_points
from crossover.analysis.payload_sizes import sweep_points
from crossover.analysis.scaling.worker_counts import scale_points, scaling_laws
from crossover.analysis.summary import summarise
from crossover.results.comparison import Result
from crossover.results.records import OPEN


def conclude(result: Result) -> Result:
    """Return a result with all conclusions from its runs; they depend on nothing but the records in it."""
    plan, cores = result.plan, result.host.cores
    if plan.worker_counts:  # `summary` is for results with one number of workers
        points = scale_points(result.runs, result.host)
        return msgspec.structs.replace(
            result, points=points, laws=scaling_laws(points, result), summary=[], crossing=None
        )
    runs = run_selection.by_label(run for run in result.runs if run.load.mode != OPEN)
    if plan.payloads:
        return msgspec.structs.replace(result, sweep=sweep_points(runs, cores))
    if plan.backlog:
        return msgspec.structs.replace(result, summary=summarise(runs, cores, {}), backlogs=backlog_points(runs))
    idle, full = run_selection.idle_runs(result), run_selection.idle_runs_full_window(result)
    summary = summarise(runs, cores, idle)
    return msgspec.structs.replace(
        result,
        summary=[msgspec.structs.replace(one, wire_bytes=result.wire.get(one.transport)) for one in summary],
        crossing=crossover_point(summary, runs, cores, full),
        loads=load_points(result.runs),
        checks=check_break_even(run_selection.check_runs(result.probes), idle, cores),
    )
