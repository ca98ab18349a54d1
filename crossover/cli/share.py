"""`crossover share`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click

from crossover import __version__
from crossover.analysis.share.summary import went_wrong
from crossover.cli.main import DAMAGED, INTERRUPTED, UNUSABLE, complain
from crossover.cli.options import QUIET, WORKERS, formats
from crossover.cli.outcome import Outputs, execute, output_is_for_results, show
from crossover.cli.types import Count
from crossover.execution.host import host
from crossover.experiments.share import Sharing
from crossover.experiments.share_planning import prepare_share
from crossover.progress.live_view import shown
from crossover.progress.watcher import Ahead
from crossover.report.formats import files
from crossover.results.share import ShareResult


@click.command(name="share", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("states", nargs=-1, metavar="[STATE]...")
@click.option("-n", "--tasks", "updates", type=Count(), help="How many updates a run has, in all.  [default: 0.5 s]")
@WORKERS
@click.option("-r", "--rounds", type=Count(), default=3, show_default=True, help="How often each is measured.")
@formats
@QUIET
def command(
    states: tuple[str, ...],
    updates: int | None,
    workers: int | None,
    rounds: int,
    outputs: Outputs,
    quiet: bool,  # noqa: FBT001 - click passes options by keyword
) -> int:
    """Let several workers change one counter at once, and show what was lost.

    A STATE is a name, or a URL where it lies in a server: value-lock, redis-incr://host:6379/0. Without any, all that
    can be used here are shown. That one without a lock loses updates is what is to be expected; the exit status is 1
    where one that promises to lose nothing did, where an update was given up, or a worker died.

    \b
    crossover share
    crossover share value value-lock -w 4
    crossover share redis-get-set redis-incr redis-lock?sleep=0.001
    """  # noqa: D301 - click keeps the lines after this mark as they are
    with output_is_for_results():
        prepared = prepare_share(states, updates, workers, rounds, sys.argv[1:])
    plan = prepared.plan
    result = ShareResult(
        tool=f"crossover {__version__}",
        started_at=datetime.now(UTC).isoformat(timespec="seconds"),
        host=host(),
        plan=plan,
        skipped=prepared.skipped,
    )
    saver = files.Saver(outputs.json, complain)
    runs = plan.rounds * len(plan.states)
    with shown(Ahead(runs, rows="state", figure="updates/s"), quiet=quiet) as watcher:
        sharing = Sharing(result, prepared.addresses, watcher, saver.save)
        try:
            interrupted = execute(sharing.execute)
        finally:  # whatever happened: what was measured is shown and saved
            result = sharing.result
            saver.save(result)
            watcher.close()
            show(result, outputs)
    if interrupted:
        complain(f"interrupted; {len(result.runs)} of {runs} runs were measured")
    for skipped in result.skipped[len(prepared.skipped) :]:
        complain(f"{skipped.state}: {skipped.reason}")
    if interrupted:
        return INTERRUPTED
    if states and len(result.skipped) > len(prepared.skipped):  # one that was named could not be started
        return UNUSABLE
    return DAMAGED if not saver.saved or any(went_wrong(run) for run in result.runs) else 0
