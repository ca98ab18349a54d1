"""The entry point of the analysis: completes a result with everything that follows from its runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from crossover.analysis import run_selection
from crossover.analysis.answer.advice import advise
from crossover.analysis.answer.comparison import answer_of_comparison
from crossover.analysis.answer.scale import answer_of_scale
from crossover.analysis.backlogs import backlog_points
from crossover.analysis.break_even import check_break_even
from crossover.analysis.crossover_point import crossover_point
from crossover.analysis.latency.loads import load_points
from crossover.analysis.limits.limit import limits
from crossover.analysis.pairs import pairs
from crossover.analysis.payload_sizes import sweep_points
from crossover.analysis.scaling.worker_counts import compare_settings, scale_points, scaling_laws
from crossover.analysis.statistics.against_fastest import REPEATED
from crossover.analysis.summary import summarise
from crossover.analysis.trust.enough import enough
from crossover.analysis.windows import plateaus
from crossover.contract.text import byte_count
from crossover.results.comparison import Result
from crossover.results.conclusions.answer import Answer
from crossover.results.kinds import AnyResult, Kind, kind_of


def conclude(result: Result) -> Result:
    """Return a result with all conclusions from its runs; they depend on nothing but the records in it."""
    return CONCLUSIONS[kind_of(result)](result)


def conclude_if_missing(result: AnyResult) -> AnyResult:
    """Return a result with its conclusions: a command that was killed, or an older version, did not draw them."""
    drawn = any(getattr(result, name, ()) for name in ("summary", "points", "loads", "sweep"))
    concluded = CONCLUSIONS.get(kind_of(result))
    if concluded is not None and not drawn:
        return concluded(result)
    return _with_answer(result) if isinstance(result, Result) else result


def _with_answer(result: Result) -> Result:
    """Return a result of `compare` or `scale` with its answer, which older versions did not record."""
    kind = kind_of(result)
    if kind is Kind.SCALE and result.answer is None:
        return replace(result, answer=answer_of_scale(result))
    if result.answer is not None or kind is not Kind.COMPARISON:
        return result
    return replace(result, answer=answer_of_comparison(result, run_selection.closed_loop(result.runs)))


def _scale(result: Result) -> Result:
    points = scale_points(result.runs, result.host, result.task)
    points = compare_settings(points, result.runs, result.plan.transports)
    laws = scaling_laws(points, result)
    found = replace(result, points=points, laws=laws, summary=[], crossing=None)  # these are of one number of workers
    answer = answer_of_scale(found)
    by_count = run_selection.by_label(
        replace(run, transport=f"{run.transport} with {run.workers}") for run in result.runs
    )
    return replace(found, answer=replace(answer, not_proven=enough(by_count)) if answer else _not_proven(by_count))


def _payload_sizes(result: Result) -> Result:
    by_size = run_selection.by_label(
        replace(run, transport=f"{run.transport}, {byte_count(run.payload_bytes or 0)}") for run in result.runs
    )
    points = sweep_points(run_selection.closed_loop(result.runs), result.host.cores)
    return replace(result, sweep=points, answer=_not_proven(by_size))


def _backlog(result: Result) -> Result:
    runs = run_selection.closed_loop(result.runs)
    return replace(
        result,
        summary=summarise(runs, result.host.cores, {}),
        pairs=pairs(result.plan, runs),
        backlogs=backlog_points(runs),
        answer=_not_proven(runs),
    )


def _comparison(result: Result) -> Result:
    runs, cores = run_selection.closed_loop(result.runs), result.host.cores
    idle, full = run_selection.idle_runs(result), run_selection.idle_runs_full_window(result)
    summary = summarise(runs, cores, idle, REPEATED if result.plan.until_apart else 1, limits(runs, result))
    others = set(result.plan.compared_with.values()) if result.plan.against else set()  # of another function
    of_one = [one for one in summary if one.transport not in others]
    found = replace(
        result,
        summary=[replace(one, wire_bytes=result.wire.get(one.transport)) for one in summary],
        pairs=[] if result.plan.rate else pairs(result.plan, runs),
        crossing=crossover_point(of_one, runs, result.host, full, plateaus(result)),
        loads=load_points(result.runs),
        checks=check_break_even(run_selection.check_runs(result.probes), idle, cores),
    )
    return _with_answer(replace(found, answer=_not_proven(runs) if result.plan.rate else None))


def _advice(result: Result) -> Result:
    found = _comparison(result)
    own = found.advice and advise(found.advice, found.summary, run_selection.closed_loop(found.runs))
    return replace(found, advice=own, crossing=None)


def _not_proven(runs: run_selection.RunsByLabel) -> Answer | None:
    """Return which runs prove nothing, with the numbers that would do."""
    needed = enough(runs)
    return Answer(not_proven=needed) if needed else None


CONCLUSIONS: Mapping[Kind, Callable[[Any], Result]] = {
    Kind.COMPARISON: _comparison,
    Kind.ADVICE: _advice,
    Kind.RATE: _comparison,
    Kind.BACKLOG: _backlog,
    Kind.PAYLOAD_SIZES: _payload_sizes,
    Kind.SCALE: _scale,
}
"""What completes a result of each kind; the results of the other commands are complete."""
