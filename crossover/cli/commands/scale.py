"""`crossover scale`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from crossover.cli import streams
from crossover.cli.completion import names
from crossover.cli.defaults import command_line
from crossover.cli.help import Example, Group, grouped_command, option
from crossover.cli.options import COMPOSE, HANG_AFTER, ROUNDS, TASKS, TIME_LIMIT, WORKERS, comparison_options_except
from crossover.cli.outputs import Outputs
from crossover.cli.parameter_types import Count, Several
from crossover.cli.running.comparison import PlannedComparison, run_comparison, use_compose_servers
from crossover.contract.registry import TRANSPORTS
from crossover.experiments.comparison.planning.request import Request
from crossover.experiments.scale import ScaleSetup, plan_scale, scale
from crossover.results.comparison import Result


@grouped_command(
    "scale",
    Example("Processes and Celery, with CPU-bound tasks", "crossover scale pool celery+redis -W power"),
    Example("Six worker counts, five rounds of each", "crossover scale queue threads -W mixed -w 1,2,3,4,6,8 -r 5"),
)
@click.argument("transports", nargs=-1, metavar="[TRANSPORT]...", shell_complete=names(TRANSPORTS))
@comparison_options_except(TASKS, WORKERS, ROUNDS)
@option(
    Group.LOAD,
    "-w",
    "--workers",
    "worker_counts",
    type=Several(Count()),
    default_text="1,2,4,... until more do not help",
    help="Numbers of workers to measure.",
)
@option(Group.LOAD, "-n", "--tasks", type=Count(), default_text="what half a second takes", help="Tasks per run.")
@option(Group.ROUNDS, "-r", "--rounds", type=Count(), default=3, help="Runs of each number of workers, interleaved.")
@TIME_LIMIT
@HANG_AFTER
@COMPOSE
def command(
    transports: tuple[str, ...],
    worker_counts: tuple[int, ...] | None,
    outputs: Outputs,
    compose: bool,  # noqa: FBT001 - click passes options by keyword
    time_limit: float | None,
    hang_after: float | None,
    quiet: bool,  # noqa: FBT001 - click passes options by keyword
    **options: Any,
) -> int:
    """Run one workload through each TRANSPORT with several numbers of workers.

    Shows throughput, CPU, memory and the limit for each number of workers, the
    scaling law (from six numbers on), and the smallest number within 5% of the
    best. For Celery it also tries prefetch and other settings.

    Without -w it tries 1, 2, 4, 8, ... workers until the curve is flat or falls,
    or memory, open files or time do not allow more (1,024 at most). A run takes
    about one second, five for Celery: half a minute per transport whose tasks
    compute, a few minutes where they wait, and for Celery.
    """
    if compose:
        use_compose_servers()
    with streams.stdout_for_results():
        setup = plan_scale(transports, Request(workers=None, **options), worker_counts, command_line())
    comparison = PlannedComparison(
        setup.comparison,
        lambda runner, known: scale(runner, setup._replace(comparison=known)),
        lambda _: (setup.run_count, setup.probe_count, setup.search_count),
        lambda result: _is_unusable(result, setup, transports, worker_counts),
    )
    return run_comparison(comparison, outputs, time_limit, hang_after, quiet=quiet)


def _is_unusable(result: Result, setup: ScaleSetup, transports: Sequence[str], counts: Sequence[int] | None) -> bool:
    """Return whether a transport or a number of workers that was named could not be measured."""
    skipped = {one.transport for one in result.skipped[len(setup.comparison.skipped) :]}
    measured = {run.transport for run in result.runs}
    return bool((transports and skipped - measured) or (counts and skipped))
