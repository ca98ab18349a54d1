"""`crossover compare`."""

from __future__ import annotations

from typing import Any

import click
from click.core import ParameterSource

from crossover.cli import streams
from crossover.cli.completion import names
from crossover.cli.defaults import command_line
from crossover.cli.help import Example, Group, grouped_command, option
from crossover.cli.options import COMPOSE, HANG_AFTER, TIME_LIMIT, comparison_options
from crossover.cli.outputs import Outputs
from crossover.cli.parameter_types import Count, Fraction, OrAuto, Rate
from crossover.cli.running.comparison import PlannedComparison, run_comparison, use_compose_servers
from crossover.contract.registry import TRANSPORTS
from crossover.experiments.compare import compare, count_probes, count_runs, count_searches
from crossover.experiments.comparison.planning.plan import plan_comparison
from crossover.experiments.comparison.planning.request import AUTO, Request

LONGEST_AUTO = 600.0  # seconds: the time limit of --rounds auto without --time-limit


@grouped_command(
    "compare",
    Example("Compare all transports that work here, on real files", "crossover compare"),
    Example("What a transport itself costs: tasks that do nothing", "crossover compare queue pipe -W noop -n 50000"),
    Example(
        "A function of yours, on one item per line", "crossover compare queue pool -W mymodule:function -i items.jsonl"
    ),
    Example(
        "Two versions of it in turn; status 99 if the new one is 5% slower",
        "crossover compare queue -W new:fn --against old:fn -i items.jsonl --gate 5%",
    ),
    Example("Two interpreters in turn", "crossover compare queue 'queue?python=/opt/python3.14/bin/python' -W noop"),
)
@click.argument("transports", nargs=-1, metavar="[TRANSPORT]...", shell_complete=names(TRANSPORTS))
@comparison_options
@option(
    Group.LOAD,
    "--rate",
    type=OrAuto(Rate()),
    metavar="RATE|auto",
    default_text="closed loop",
    help="Open loop: send this many tasks per second, for 10 s unless -n is given; the input repeats. auto: measure "
    "the highest rate in closed loop, then 50, 70, 80, 90 and 95% of it, 4 s each, in half as many rounds.",
)
@option(
    Group.LOAD,
    "--backlog",
    type=Count(),
    default_text="none",
    help="Send this many tasks before the workers may begin, then measure how fast they are worked off.",
)
@option(
    Group.ROUNDS,
    "--check",
    is_flag=True,
    help="Also check the predicted break-even times, with tasks that take that long.",
)
@option(
    Group.WHAT_RUNS,
    "--against",
    metavar="NAME",
    default_text="none",
    help="Another version of your function, as for -W: each transport runs both, on the same items.",
)
@option(
    Group.COMPARISON,
    "--gate",
    type=Fraction(),
    default_text="none",
    help="Exit with status 99 if a TRANSPORT is slower than the first by more than this (5% or 0.05), with all of its "
    "95% interval; with --against, if your function is slower than the other version.",
)
@option(
    Group.WHAT_RUNS,
    "--once",
    is_flag=True,
    help="Run no item twice through a transport, for a function that cannot be repeated: one round, no warm-up, and "
    "nothing is learnt about the task before.",
)
@TIME_LIMIT
@HANG_AFTER
@COMPOSE
def command(
    transports: tuple[str, ...],
    outputs: Outputs,
    compose: bool,  # noqa: FBT001 - click passes options by keyword
    time_limit: float | None,
    hang_after: float | None,
    quiet: bool,  # noqa: FBT001 - click passes options by keyword
    **options: Any,
) -> int:
    """Run one workload through each TRANSPORT and show them side by side.

    TRANSPORT is a name, or a URL with options: queue, 'queue?start=spawn',
    redis-list://127.0.0.1:6379/0. The default is every transport that works
    here; crossover doctor lists them. A transport that is named twice shows how
    large the noise is. 'queue?python=PATH' runs it under another interpreter, in
    which this crossover is installed.
    """
    if compose:
        use_compose_servers()
    if options["once"] and not _typed("rounds"):
        options["rounds"] = 1
    if options["rounds"] == AUTO and time_limit is None:
        time_limit = LONGEST_AUTO
    with streams.stdout_for_results():
        setup = plan_comparison(transports, Request(**options, soon=True), command_line())
    named = bool(transports)
    comparison = PlannedComparison(
        setup,
        compare,
        lambda setup: (count_runs(setup.plan), count_probes(setup), count_searches(setup)),
        lambda result: named and any(one.transport in setup.plan.transports for one in result.skipped),
    )
    return run_comparison(comparison, outputs, time_limit, hang_after, quiet=quiet)


def _typed(name: str) -> bool:
    """Return whether an option stands on the command line."""
    return click.get_current_context().get_parameter_source(name) is ParameterSource.COMMANDLINE
