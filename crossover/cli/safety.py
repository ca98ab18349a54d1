"""`crossover safety`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from crossover import __version__
from crossover.analysis.safety.expectation import broken_promises
from crossover.cli.main import DAMAGED, INTERRUPTED, UNUSABLE, complain
from crossover.cli.options import BATCH, INPUT, QUIET, SEED, WORKERS, formats
from crossover.cli.outcome import Outputs, execute, output_is_for_results, show
from crossover.cli.types import Count
from crossover.contract.safety import Safety
from crossover.execution.host import host
from crossover.experiments.safety.experiment import SafetyExperiment
from crossover.experiments.safety.planning import Prepared, Request, earlier, prepare, usual_path
from crossover.experiments.safety.self_test import sound
from crossover.report.formats import files
from crossover.results.safety import SafetyResult


@click.command(name="safety", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("transports", nargs=-1, metavar="[TRANSPORT]...")
@click.option("--fault", "faults", multiple=True, metavar="NAME", help="What happens; may be repeated.  [default: all]")
@click.option("--quick", is_flag=True, help="Four faults, default and safe levels: three minutes.")
@click.option("--self-test", "only_test", is_flag=True, help="Prove the checker, and nothing else.")
@click.option(
    "--destructive",
    multiple=True,
    metavar="HOST:PORT",
    help="A Redis of yours whose memory may be filled, for two seconds.",
)
@click.option("-W", "--workload", default="echo", show_default=True, metavar="NAME|MODULE:FUNCTION", help="What runs.")
@INPUT
@click.option("-n", "--tasks", type=Count(), help="How many tasks a run has.  [default: 400]")
@WORKERS
@BATCH
@click.option("--window", type=Count(), help="Tasks outstanding.  [default: 64 batches]")
@click.option(
    "-s", "--safety", type=click.Choice([level.value for level in Safety]), help="One level only.  [default: all]"
)
@click.option("-r", "--rounds", type=Count(), default=1, show_default=True, help="How often each fault strikes.")
@SEED
@formats
@QUIET
def command(
    transports: tuple[str, ...],
    only_test: bool,  # noqa: FBT001 - click passes options by keyword
    outputs: Outputs,
    quiet: bool,  # noqa: FBT001 - click passes options by keyword
    **asked: Any,
) -> int:
    """Let workers, producers, brokers and networks die under each TRANSPORT, and show what is lost.

    Every cell is a run of its own with real processes and servers; workers keep journals, and these are judged. The
    checker proves itself first. An interrupted matrix goes on where it was when the same command is given again.

    \b
    crossover safety --quick
    crossover safety queue redis-list --fault kill-worker-busy -r 20
    crossover safety rabbitmq -s safe --json safety.json
    """  # noqa: D301 - click keeps the lines after this mark as they are
    with output_is_for_results():
        prepared = prepare(transports, Request(**asked), sys.argv[1:])
    named = outputs.json not in {None, files.STANDARD_OUTPUT}
    path = Path(str(outputs.json)) if named else usual_path(prepared.plan, only_test=only_test)
    with files.claimed(path.with_name(f"{path.stem}.evidence.d")) as evidence:
        result = _begin(path, prepared, only_test=only_test)
        saver = files.Saver(str(path), complain)
        ordeals = SafetyExperiment(result, prepared, frozenset(asked["destructive"]), saver.save, evidence)
        interrupted = False
        try:
            interrupted = execute(lambda: ordeals.execute(quiet=quiet, only_test=only_test))
        finally:  # whatever happened: what was measured is shown and saved
            result = ordeals.result
            saver.save(result)
            show(result, outputs)
    if not named and not only_test:
        complain(f"the result is in {path}")
    return _status(result, prepared, transports, interrupted=interrupted, saved=saver.saved)


def _begin(path: Path, prepared: Prepared, *, only_test: bool) -> SafetyResult:
    """Return an empty result, or what an interrupted invocation of the same has left."""
    tool = f"crossover {__version__}"
    if not only_test and (found := earlier(path, prepared.plan, tool)):
        complain(f"going on with {path}: {len(found.runs)} cells were there")
        return found
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return SafetyResult(tool=tool, started_at=now, host=host(), plan=prepared.plan, skipped=prepared.skipped)


def _status(result: SafetyResult, prepared: Prepared, typed: Sequence[str], *, interrupted: bool, saved: bool) -> int:
    if result.self_test and not sound(result.self_test):
        complain("the checker did not find what was planted: nothing that it says can be trusted")
        return DAMAGED
    if not result.runs and not result.unmeasured and not interrupted:  # only the checker was proved
        return 0
    if interrupted:
        complain("interrupted; give the same command again, and it goes on where it was")
        return INTERRUPTED
    for run in broken_promises(result.runs):
        promise = f"{run.transport} {run.safety} promises to lose nothing under {run.fault}"
        complain(f"{promise}, and lost {run.delivery.lost:,} of {run.delivery.accepted:,}")
    for cell in result.unmeasured:
        if not cell.meaningless:
            complain(f"{cell.transport} {cell.safety}, {cell.fault}: not measured: {cell.reason}")
    measured = {run.transport for run in result.runs}
    if typed and not set(prepared.addresses) <= measured:
        return UNUSABLE
    return DAMAGED if broken_promises(result.runs) or not saved else 0
