"""`crossover compare`."""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from crossover.cli.measured import Comparison, carry_out
from crossover.cli.options import shared
from crossover.cli.outcome import Outputs, output_is_for_results
from crossover.cli.types import Count, Duration, OrAuto, Rate
from crossover.experiments.compare import compare, planned, planned_beside
from crossover.experiments.planning import prepare
from crossover.experiments.request import AUTO, Request

LONGEST_AUTO = 600.0  # seconds, where rounds go on until they are enough and nobody gives a limit


@click.command(name="compare", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("transports", nargs=-1, metavar="[TRANSPORT]...")
@shared
@click.option(
    "--rate",
    type=OrAuto(Rate()),
    help="Open loop: send so many tasks per second whatever is outstanding, for 10 s without -n; inputs repeat. "
    "auto: find the most that each can do, then 50, 70, 80, 90, 95 % of it, for 4 s each, in half as many rounds.",
)
@click.option("--compose", is_flag=True, help="Through the brokers and workers of the running compose project.")
@click.option("--check", is_flag=True, help="Try the predicted break-even times.")
@click.option(
    "--backlog",
    type=Count(),
    help="So many tasks are sent before the workers may begin; shows how they are worked off.",
)
@click.option("--time-limit", type=Duration(), help="Stop then, and report what there is.")
def command(
    transports: tuple[str, ...],
    outputs: Outputs,
    compose: bool,  # noqa: FBT001 - click passes options by keyword
    time_limit: float | None,
    quiet: bool,  # noqa: FBT001 - click passes options by keyword
    **asked: Any,
) -> int:
    """Run one workload through each TRANSPORT and show them side by side.

    A transport is a name or a URL with options: queue, queue://?start=spawn. Without any, all that can be used here are
    compared. Naming one twice compares it with itself, which shows how much of a difference is noise.

    \b
    crossover compare
    crossover compare queue pipe pool -W noop -n 50000 -b 16
    crossover compare executor threads -W mymodule:function -i items.jsonl
    crossover compare queue redis-list -W noop --rate 1000
    """  # noqa: D301 - click keeps the lines after this mark as they are
    if compose:
        from brokers.servers.compose import variables  # noqa: PLC0415 - imported on use

        os.environ.update(variables())
    if asked["rounds"] == AUTO and time_limit is None:
        time_limit = LONGEST_AUTO
    with output_is_for_results():
        prepared = prepare(transports, Request(**asked), sys.argv[1:])
    comparison = Comparison(
        prepared,
        lambda measurement: compare(measurement, prepared),
        planned(prepared.plan),
        planned_beside(prepared),
        # one that was named could not be started
        lambda result: bool(transports) and any(one.transport in prepared.plan.transports for one in result.skipped),
    )
    return carry_out(comparison, outputs, time_limit, quiet=quiet)
