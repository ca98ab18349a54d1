"""`crossover compare`."""

from __future__ import annotations

import math
import os
import sys
import time
from datetime import UTC, datetime
from typing import Any

import click

from crossover import __version__
from crossover.analysis.conclusions import conclude
from crossover.analysis.summary import damage
from crossover.cli.main import DAMAGED, INTERRUPTED, UNUSABLE, complain
from crossover.cli.options import shared
from crossover.cli.outcome import Outputs, execute, output_is_for_results
from crossover.cli.types import AUTO, Count, Duration, Rate
from crossover.contract.result import Result
from crossover.execution.host import host
from crossover.experiments.compare import compare, planned, planned_beside
from crossover.experiments.measuring import Measurement
from crossover.experiments.planning import Asked, prepare
from crossover.report import files, terminal
from crossover.report.progress import shown

LONGEST_AUTO = 600.0  # seconds, where rounds go on until they are enough and nobody gives a limit


@click.command(name="compare", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("transports", nargs=-1, metavar="[TRANSPORT]...")
@shared
@click.option(
    "--rate",
    type=Rate(),
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
    json_path: str | None,
    html_path: str | None,
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
    outputs = Outputs(json_path, html_path)
    outputs.check()
    if compose:
        from brokers.compose import variables  # noqa: PLC0415 - imported on use

        os.environ.update(variables())
    asked["rounds"] = None if asked["rounds"] == AUTO else asked["rounds"]
    if asked["rounds"] is None and time_limit is None:
        time_limit = LONGEST_AUTO
    with output_is_for_results():
        prepared = prepare(transports, Asked(**asked), sys.argv[1:])
    plan = prepared.plan
    result = Result(
        tool=f"crossover {__version__}",
        started_at=datetime.now(UTC).isoformat(timespec="seconds"),
        host=host(),
        plan=plan,
        skipped=prepared.skipped,
    )
    saver = files.Saver(json_path, complain)
    deadline = math.inf if time_limit is None else time.monotonic() + time_limit
    with shown(planned(plan) + planned_beside(prepared), quiet=quiet) as watcher:
        measurement = Measurement(result, watcher, saver.save, deadline)
        try:
            interrupted = execute(lambda: compare(measurement, prepared))
        finally:  # whatever happened: what was measured is shown and saved
            result = conclude(measurement.result)
            saver.save(result)
            watcher.close()
            outputs.show(result, lambda: terminal.render(result) if result.runs else None)
    _say_what_is_missing(result, interrupted=interrupted, time_up=time.monotonic() > deadline)
    if interrupted:
        return INTERRUPTED
    if transports and len(result.skipped) > len(prepared.skipped):  # one that was named could not be started
        return UNUSABLE
    return DAMAGED if not saver.saved or any(damage(run) for run in [*result.runs, *result.probes]) else 0


def _say_what_is_missing(result: Result, *, interrupted: bool, time_up: bool) -> None:
    if interrupted or time_up:
        why = "interrupted" if interrupted else "time limit"
        complain(f"{why}; {len(result.runs)} of {planned(result.plan)} runs were measured")
    for skipped in result.skipped:
        if skipped.transport in result.plan.transports:
            complain(f"{skipped.transport}: {skipped.reason}")
