"""`crossover scale`."""

from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import click

from crossover import __version__
from crossover.analysis.conclusions import conclude
from crossover.analysis.summary import damage
from crossover.cli.main import DAMAGED, INTERRUPTED, UNUSABLE, complain
from crossover.cli.options import ROUNDS, TASKS, WORKERS, shared_but
from crossover.cli.outcome import Outputs, execute, output_is_for_results
from crossover.cli.types import Count, Duration, Several
from crossover.contract.result import Result
from crossover.execution.host import host
from crossover.experiments.measuring import Measurement
from crossover.experiments.planning import Asked
from crossover.experiments.scale import ScalePrepared, prepare_scale, scale
from crossover.report import files, scale_terminal
from crossover.report.progress import shown


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
    json_path: str | None,
    html_path: str | None,
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
    outputs = Outputs(json_path, html_path)
    outputs.check()
    if compose:
        from brokers.compose import variables  # noqa: PLC0415 - imported on use

        os.environ.update(variables())
    with output_is_for_results():
        prepared = prepare_scale(transports, Asked(workers=None, **asked), counts, sys.argv[1:])
    result = Result(
        tool=f"crossover {__version__}",
        started_at=datetime.now(UTC).isoformat(timespec="seconds"),
        host=host(),
        plan=prepared.prepared.plan,
        skipped=prepared.prepared.skipped,
    )
    saver = files.Saver(json_path, complain)
    deadline = math.inf if time_limit is None else time.monotonic() + time_limit
    with shown(prepared.planned, quiet=quiet) as watcher:
        measurement = Measurement(result, watcher, saver.save, deadline)
        try:
            interrupted = execute(lambda: scale(measurement, prepared))
        finally:  # whatever happened: what was measured is shown and saved
            result = conclude(measurement.result)
            saver.save(result)
            watcher.close()
            outputs.show(result, lambda: scale_terminal.render(result) if result.runs else None)
    _say_what_is_missing(result, prepared, interrupted=interrupted, time_up=time.monotonic() > deadline)
    if interrupted:
        return INTERRUPTED
    if _unusable(result, prepared, transports, counts):
        return UNUSABLE
    return DAMAGED if not saver.saved or any(damage(run) for run in result.runs) else 0


def _say_what_is_missing(result: Result, prepared: ScalePrepared, *, interrupted: bool, time_up: bool) -> None:
    if (interrupted or time_up) and len(result.runs) < prepared.planned:
        why = "interrupted" if interrupted else "time limit"
        complain(f"{why}; {len(result.runs)} of {prepared.planned} runs were measured")
    for skipped in result.skipped:
        if skipped.transport in result.plan.transports:
            complain(f"{skipped.transport}: {skipped.reason}")


def _unusable(result: Result, prepared: ScalePrepared, typed: Sequence[str], counts: Sequence[int] | None) -> bool:
    """Say whether something that was named, a transport or a number of workers, could not be measured."""
    skipped = {one.transport for one in result.skipped[len(prepared.prepared.skipped) :]}
    measured = {run.transport for run in result.runs}
    return bool((typed and skipped - measured) or (counts and skipped))
