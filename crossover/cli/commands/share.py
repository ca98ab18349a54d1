"""`crossover share`."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from crossover import __version__
from crossover.analysis.shared_counters import went_wrong
from crossover.cli import streams
from crossover.cli.completion import names
from crossover.cli.defaults import command_line
from crossover.cli.exit_status import ExitStatus, write_message
from crossover.cli.help import Example, Group, grouped_command, option
from crossover.cli.options import FULL, QUIET, hang_after_option, output_options, start_timeout_option
from crossover.cli.outputs import Outputs, run_until_interrupted
from crossover.cli.parameter_types import Count
from crossover.cli.showing import show_result, write_server_warnings
from crossover.contract.state_registry import STATES
from crossover.execution.host import host
from crossover.experiments.share import ShareExperiment, plan_share
from crossover.progress.live_view import progress_view
from crossover.progress.progress import Schedule
from crossover.report.formats.saver import Saver
from crossover.results.share import ShareResult


@grouped_command(
    "share",
    Example("Try every shared state that works here", "crossover share"),
    Example("With and without a lock", "crossover share value value-lock -w 4"),
    Example("Three ways to count in Redis", "crossover share redis-get-set redis-incr 'redis-lock?sleep=0.001'"),
)
@click.argument("states", nargs=-1, metavar="[STATE]...", shell_complete=names(STATES))
@option(
    Group.LOAD,
    "-n",
    "--tasks",
    "updates",
    type=Count(),
    default_text="what half a second takes",
    help="Updates per run, of all workers together.",
)
@option(
    Group.LOAD,
    "-w",
    "--workers",
    type=Count(),
    default_text="one per usable core, at least 2",
    help="Worker processes.",
)
@option(Group.ROUNDS, "-r", "--rounds", type=Count(), default=3, help="Runs of each state, interleaved.")
@start_timeout_option
@hang_after_option("60 s", "no worker has made an update for this time")
@FULL
@output_options
@QUIET
def command(
    states: tuple[str, ...],
    updates: int | None,
    workers: int | None,
    rounds: int,
    hang_after: float | None,
    outputs: Outputs,
    quiet: bool,  # noqa: FBT001 - click passes options by keyword
) -> int:
    """Change one counter from several workers at once, and show what is lost.

    STATE is a name, or a URL if it is on a server: value-lock,
    redis-incr://host:6379/0. The default is every state that works here.

    A counter without a lock is expected to lose updates. The exit status is 1
    if a state that promises to lose nothing lost updates, if updates failed, or
    if a worker died.
    """
    with streams.stdout_for_results():
        setup = plan_share(states, updates, workers, rounds, command_line())
    plan = setup.plan
    result = ShareResult(
        tool=f"crossover {__version__}",
        started_at=datetime.now(UTC).isoformat(timespec="seconds"),
        host=host(),
        plan=plan,
        skipped=setup.skipped,
        server_warnings=setup.server_warnings,
    )
    write_server_warnings(result)
    saver = Saver(outputs.json, write_message)
    runs = plan.rounds * len(plan.states)
    with progress_view(Schedule(runs, row_heading="state", figure_heading="updates/s"), quiet=quiet) as progress:
        experiment = ShareExperiment(result, setup.addresses, progress, saver.save, hang_after)
        try:
            interrupted = run_until_interrupted(experiment.execute)
        finally:  # whatever happened: save and show what was measured
            result = experiment.result
            saver.save_at_last(result)
            progress.close()
            written = show_result(result, outputs)
    if interrupted:
        note = "" if result.runs else ": the first one had not ended"
        write_message(f"interrupted; {len(result.runs)} of {runs} runs were measured{note}")
    for skipped in result.skipped[len(setup.skipped) :]:
        write_message(f"{skipped.state}: {skipped.reason}")
    if interrupted:
        return ExitStatus.INTERRUPTED
    if states and len(result.skipped) > len(setup.skipped):  # one that was named could not be started
        return ExitStatus.UNUSABLE
    if not result.runs:
        write_message("nothing was measured")
        return ExitStatus.FAILED
    failed = not (saver.saved and written) or any(went_wrong(run) for run in result.runs)
    return ExitStatus.FAILED if failed else ExitStatus.DONE
