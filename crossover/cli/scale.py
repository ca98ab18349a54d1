"""`crossover scale`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from crossover.cli.measured import Comparison, carry_out
from crossover.cli.options import ROUNDS, TASKS, WORKERS, shared_but
from crossover.cli.outcome import Outputs, output_is_for_results
from crossover.cli.types import Count, Duration, Several
from crossover.experiments.request import Request
from crossover.experiments.scale import ScalePrepared, prepare_scale, scale
from crossover.results.comparison import Result


@click.command(name="scale", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("transports", nargs=-1, metavar="[TRANSPORT]...")
@shared_but(TASKS, WORKERS, ROUNDS)
@click.option(
    "-w", "--workers", "counts", type=Several(Count()), help="How many workers.  [default: 1,2,3,4,6,8,12,16]"
)
@click.option("-n", "--tasks", type=Count(), help="How many tasks a run has.  [default: half a second of them]")
@click.option("-r", "--rounds", type=Count(), default=3, show_default=True, help="How often each is measured.")
@click.option("--compose", is_flag=True, help="Through the brokers and workers of the running compose project.")
@click.option("--time-limit", type=Duration(), help="Stop then, and report what there is.")
def command(
    transports: tuple[str, ...],
    counts: tuple[int, ...] | None,
    outputs: Outputs,
    compose: bool,  # noqa: FBT001 - click passes options by keyword
    time_limit: float | None,
    quiet: bool,  # noqa: FBT001 - click passes options by keyword
    **asked: Any,
) -> int:
    """Run one workload through each TRANSPORT with several numbers of workers, and say how many to take.

    For each: throughput, CPU and memory with each number of workers, what held it back, the scaling law (from six
    numbers on), and the smallest number within 5 % of the best. For Celery also what prefetch and other settings do.

    \b
    crossover scale pool celery+redis -W power
    crossover scale queue threads -W mixed -w 1,2,3,4,6,8 -r 5

    A run takes about a second, through Celery five: with the usual numbers and rounds half a minute for a transport,
    four minutes for one of Celery's; without any TRANSPORT about twelve minutes.
    """  # noqa: D301 - click keeps the lines after this mark as they are
    if compose:
        from brokers.servers.compose import variables  # noqa: PLC0415 - imported on use

        os.environ.update(variables())
    with output_is_for_results():
        prepared = prepare_scale(transports, Request(workers=None, **asked), counts, sys.argv[1:])
    comparison = Comparison(
        prepared.prepared,
        lambda measurement: scale(measurement, prepared),
        prepared.planned,
        prepared.beside,
        lambda result: _unusable(result, prepared, transports, counts),
    )
    return carry_out(comparison, outputs, time_limit, quiet=quiet)


def _unusable(result: Result, prepared: ScalePrepared, typed: Sequence[str], counts: Sequence[int] | None) -> bool:
    """Say whether something that was named, a transport or a number of workers, could not be measured."""
    skipped = {one.transport for one in result.skipped[len(prepared.prepared.skipped) :]}
    measured = {run.transport for run in result.runs}
    return bool((typed and skipped - measured) or (counts and skipped))
