"""`crossover advise`."""

from __future__ import annotations

import click

from crossover.cli import streams
from crossover.cli.completion import names_or_files
from crossover.cli.defaults import command_line
from crossover.cli.help import Example, grouped_command
from crossover.cli.options import (
    COMPOSE,
    FULL,
    HANG_AFTER,
    INPUT,
    QUIET,
    SEED,
    add_options,
    output_options,
    start_timeout_option,
    time_limit_option,
    workload_option,
)
from crossover.cli.outputs import Outputs
from crossover.cli.running.comparison import PlannedComparison, run_comparison, use_compose_servers
from crossover.contract.errors import UsageError
from crossover.contract.safety import Safety
from crossover.experiments.advise.planning import plan_advise
from crossover.experiments.advise.search import MOST_ROUNDS, search
from crossover.experiments.comparison.planning.request import Request
from workloads import catalogue

SECONDS = 60.0  # of the search, without --time-limit
BUSY = 4.0  # times as much, on a machine so busy that the first runs and one of the last rounds take longer
OPTIONS = (
    workload_option(None, "MODULE:FUNCTION"),
    INPUT,
    SEED,
    time_limit_option(f"{SECONDS:g} s"),
    HANG_AFTER,
    start_timeout_option,
    COMPOSE,
    FULL,
    output_options,
    QUIET,
)


@grouped_command(
    "advise",
    Example(
        "What to use for a function of yours, on one item per line", "crossover advise mymodule:function -i items.jsonl"
    ),
    Example("The same for a built-in workload, in half the time", "crossover advise -W sleep --time-limit 30s"),
    Example("Keep the figures, and show them as a page", "crossover advise -W power --json a.json --html a.html"),
)
@click.argument(
    "function",
    required=False,
    metavar="[MODULE:FUNCTION]",
    shell_complete=names_or_files(catalogue.NAMES),
)
@lambda command: add_options(command, OPTIONS)
def command(
    function: str | None,
    workload: str | None,
    source: str | None,
    seed: int,
    time_limit: float | None,
    hang_after: float | None,
    outputs: Outputs,
    compose: bool,  # noqa: FBT001 - click passes options by keyword
    quiet: bool,  # noqa: FBT001 - click passes options by keyword
) -> int:
    """Say what to use for a function: which transport, with how many workers.

    Takes about a minute. Learns what a task takes, tries the transports, numbers
    of workers and batch sizes that suit it, and measures the best ones in turn.
    Recommends one if tasks may be lost in a crash, and one if they may not, with
    the code or command that does it. Each item is run many times.
    """
    if (function is None) == (workload is None):
        raise UsageError("advise needs one thing to run: MODULE:FUNCTION, or -W NAME; give one of them")
    if compose:
        use_compose_servers()
    request = Request(
        workload=function or workload,
        source=source,
        tasks=None,
        workers=None,
        batch=1,
        window=None,
        safety=Safety.DEFAULT.value,
        rounds=MOST_ROUNDS,
        payloads=(),
        seed=seed,
    )
    seconds = SECONDS if time_limit is None else time_limit
    with streams.stdout_for_results():
        setup = plan_advise(request, seconds, command_line())
    planned = PlannedComparison(
        setup.comparison,
        lambda runner, known: search(runner, setup._replace(comparison=known)),
        lambda _: (MOST_ROUNDS, MOST_ROUNDS, 0),
        lambda _: False,
    )
    return run_comparison(planned, outputs, BUSY * seconds, hang_after, quiet=quiet)
