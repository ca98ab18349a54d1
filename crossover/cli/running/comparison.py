"""What `compare` and `scale` have in common: measure, save after each run, show the result, choose the exit status."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

from crossover import __version__
from crossover.analysis.conclusions import conclude
from crossover.analysis.verdict import damage
from crossover.cli.exit_status import ExitStatus, write_message
from crossover.cli.outputs import Outputs, run_until_interrupted
from crossover.cli.showing import show_result, write_server_warnings
from crossover.derived.rounds import at_most
from crossover.execution.host import host
from crossover.experiments.comparison.planning.learning import learn_task
from crossover.experiments.comparison.planning.plan import ComparisonSetup
from crossover.experiments.comparison.rounds import RoundRunner
from crossover.experiments.refinement import SOON
from crossover.progress.live_view import progress_view
from crossover.progress.progress import Schedule
from crossover.report.formats.saver import Saver
from crossover.report.wording.comparison.pairs import gate_message, unproven
from crossover.results.comparison import Result
from crossover.results.records import Plan


class PlannedComparison(NamedTuple):
    """A comparison that is ready to run.

    Attributes:
        setup: the plan, and what is skipped, before anything is known of the task.
        measure: does all runs and probes of a setup.
        counts: returns the numbers of runs, probes and searches for a window of a setup, at most.
        is_unusable: whether a transport that was named could not be measured.
    """

    setup: ComparisonSetup
    measure: Callable[[RoundRunner, ComparisonSetup], None]
    counts: Callable[[ComparisonSetup], tuple[int, int, int]]
    is_unusable: Callable[[Result], bool]


def use_compose_servers() -> None:
    """Set the variables that name the servers and workers of the running compose project.

    Raises:
        UnusableError: there is no Docker, or not all services of the project are up.
    """
    from brokers.servers.compose import variables  # noqa: PLC0415 - imported on use: few commands need it

    os.environ.update(variables())


def run_comparison(
    planned: PlannedComparison,
    outputs: Outputs,
    time_limit: float | None,
    hang_after: float | None,
    *,
    quiet: bool,
) -> ExitStatus:
    """Measure, save and show; whatever happens, what was measured is saved and shown.

    Args:
        planned: what to measure.
        outputs: where the result is written.
        time_limit: seconds after which measuring stops.
        hang_after: seconds of silence that may be a hang; None: this follows from the tasks so far.
        quiet: whether to show no progress.
    """
    deadline = math.inf if time_limit is None else time.monotonic() + time_limit
    setup, interrupted = _learnt(planned.setup, deadline, quiet=quiet)
    plan, (runs, probes, searches) = setup.plan, planned.counts(setup)
    result = Result(
        tool=f"crossover {__version__}",
        started_at=datetime.now(UTC).isoformat(timespec="seconds"),
        host=host(),
        plan=plan,
        skipped=setup.skipped,
        server_warnings=setup.server_warnings,
        interpreters=setup.interpreters,
        task=setup.task,
    )
    for remark in setup.workload.remarks:
        write_message(remark)
    write_server_warnings(result)
    saver = Saver(outputs.json, write_message)
    schedule = Schedule(
        runs,
        probes + searches,
        at_most=at_most(plan) or bool(plan.worker_counts_of),
        time_limit=_longest(plan, time_limit),
    )
    with progress_view(schedule, quiet=quiet) as progress:
        runner = RoundRunner(result, progress, saver.save, deadline, hang_after)
        try:
            interrupted = interrupted or run_until_interrupted(lambda: planned.measure(runner, setup))
        finally:
            result = conclude(runner.result)
            saver.save_at_last(result)
            progress.close()
            written = show_result(result, outputs)
    if interrupted or runner.time_up:
        write_message(f"{'interrupted' if interrupted else 'time limit'}; {_how_far(result, *planned.counts(setup))}")
    _say_what_was_not_measured(runner, result)
    if interrupted:
        return ExitStatus.INTERRUPTED
    if planned.is_unusable(result):
        return ExitStatus.UNUSABLE
    if not result.runs:
        write_message("nothing was measured")
        return ExitStatus.FAILED
    return _status(result) if saver.saved and written else ExitStatus.FAILED


def _say_what_was_not_measured(runner: RoundRunner, result: Result) -> None:
    labels = result.plan.transports
    for what in runner.left_out:
        write_message(f"{what}: the rounds took all the time; -r N, a number of rounds, measures everything")
    measured = {run.transport for run in result.runs} | {one.transport for one in result.skipped}
    for label in labels if runner.time_up else ():
        if label not in measured:
            reason = runner.why_no_time.get(label, "it was over before its first run")
            write_message(f"{label}: not measured within the time limit: {reason}")
    for skipped in result.skipped:
        if skipped.transport in labels:
            write_message(f"{skipped.transport}: {skipped.reason}")


def _longest(plan: Plan, time_limit: float | None) -> float:
    """Return the seconds after which measuring stops, about."""
    if time_limit is not None:
        return time_limit
    return SOON if plan.until_apart else math.inf


def _status(result: Result) -> ExitStatus:
    """Return the status of a result with runs; figures of damaged runs prove nothing, so a gate comes after them."""
    if seen := gate_message(result):
        write_message(seen)
    damaged = any(damage(run) for run in [*result.runs, *result.probes])
    doubtful = result.values is not None and result.values.differing  # so is a transport that damages values
    if damaged or doubtful:
        return ExitStatus.FAILED
    if any(one.breached for one in result.pairs):
        return ExitStatus.BREACHED
    return ExitStatus.FAILED if result.plan.gate is not None and unproven(result) else ExitStatus.DONE


def _learnt(setup: ComparisonSetup, deadline: float, *, quiet: bool) -> tuple[ComparisonSetup, bool]:
    """Return the setup with what a task takes, and whether Ctrl-C or SIGTERM ended that."""
    found = [setup]
    with progress_view(Schedule(0), quiet=quiet) as progress:
        progress.start_other("what a task takes")
        interrupted = run_until_interrupted(lambda: found.append(learn_task(setup, deadline)))
        progress.close()
    return found[-1], interrupted


def _how_far(result: Result, all_runs: int, all_probes: int, all_searches: int) -> str:
    """Return how many of the runs and probes were measured."""
    endless = at_most(result.plan) or bool(result.plan.worker_counts_of)
    runs = f"{len(result.runs)} runs" if endless else f"{len(result.runs)} of {all_runs} runs"
    if not result.runs and len(result.window_searches) < all_searches:
        return f"{runs} were measured: the windows of the transports were still searched"
    if not result.runs:
        return f"{runs} were measured: the first one was still starting or warming up"
    return f"{runs} were measured" + (f", and {len(result.probes)} of {all_probes} probes" if result.probes else "")
