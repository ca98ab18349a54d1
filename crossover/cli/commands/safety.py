"""`crossover safety`."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from crossover import __version__
from crossover.analysis.safety.expectation import broken_promises
from crossover.cli import streams
from crossover.cli.completion import names
from crossover.cli.defaults import command_line
from crossover.cli.exit_status import ExitStatus, write_message
from crossover.cli.help import Example, Group, grouped_command, option
from crossover.cli.options import (
    BATCH,
    FULL,
    INPUT,
    LEVELS,
    QUIET,
    SEED,
    output_options,
    start_timeout_option,
    workload_option,
)
from crossover.cli.outputs import Outputs, run_until_interrupted
from crossover.cli.parameter_types import Count
from crossover.cli.showing import show_result, write_server_warnings
from crossover.contract.registry import TRANSPORTS
from crossover.execution.faults.catalogue import FAULTS
from crossover.execution.host import host
from crossover.experiments.safety.experiment import SafetyExperiment
from crossover.experiments.safety.planning import SafetyRequest, SafetySetup, plan_safety
from crossover.experiments.safety.resumption import default_path, unfinished_result
from crossover.experiments.safety.self_test import passed
from crossover.recording.storage import state_folders
from crossover.report.formats import files
from crossover.report.formats.places import Place, place
from crossover.report.formats.saver import Saver
from crossover.results.safety import SafetyResult

EVIDENCE = ".evidence.d"
LONGEST_STEM = 255 - len("-01234567") - len(EVIDENCE)  # bytes: no name may have more than 255


@grouped_command(
    "safety",
    Example("Four faults, two safety levels: about three minutes", "crossover safety --quick"),
    Example("One fault, twenty times", "crossover safety queue redis-list --fault kill-worker-busy -r 20"),
    Example("One broker at its safest, and keep the result", "crossover safety rabbitmq -s safe --json safety.json"),
)
@click.argument("transports", nargs=-1, metavar="[TRANSPORT]...", shell_complete=names(TRANSPORTS))
@workload_option("echo")
@INPUT
@SEED
@option(
    Group.WHAT_RUNS,
    "-s",
    "--safety",
    type=click.Choice(LEVELS),
    metavar="LEVEL",
    default_text="all three",
    help="One safety level only: fast, default or safe.",
)
@option(
    Group.FAULTS,
    "--fault",
    "faults",
    multiple=True,
    shell_complete=names(FAULTS),
    metavar="NAME",
    default_text="all",
    help=f"Fault to inject ({', '.join(FAULTS)}); may be given several times.",
)
@option(Group.FAULTS, "--quick", is_flag=True, help="Four faults at the levels default and safe: about three minutes.")
@option(Group.FAULTS, "--self-test", "only_test", is_flag=True, help="Only test the checker with planted errors.")
@option(Group.LOAD, "-n", "--tasks", type=Count(), default_text="400", help="Tasks per run.")
@option(
    Group.LOAD,
    "-w",
    "--workers",
    type=Count(),
    default_text="one per usable core, at least 2",
    help="Worker processes (or threads).",
)
@BATCH
@option(Group.LOAD, "--window", type=Count(), default_text="64 batches", help="Tasks that may be outstanding at once.")
@option(Group.ROUNDS, "-r", "--rounds", type=Count(), default=1, help="Runs of each cell: how often a fault strikes.")
@start_timeout_option
@FULL
@output_options
@QUIET
@option(
    Group.SERVERS,
    "--destructive",
    multiple=True,
    metavar="HOST:PORT",
    default_text="none",
    help="A Redis of yours whose memory may be filled for two seconds; may be given several times.",
)
def command(
    transports: tuple[str, ...],
    only_test: bool,  # noqa: FBT001 - click passes options by keyword
    outputs: Outputs,
    quiet: bool,  # noqa: FBT001 - click passes options by keyword
    **options: Any,
) -> int:
    """Kill workers, producers and brokers, cut networks, and show what is lost.

    TRANSPORT is a name or a URL; the default is every transport that works
    here; crossover doctor lists them. Each cell of the matrix (transport, safety
    level, fault) is a run with real processes and servers, judged by the
    journals of its workers: what each worker wrote down outside the transport.
    The checker is tested first.

    An interrupted matrix continues when the same command is given again.
    """
    with streams.stdout_for_results():
        setup = plan_safety(transports, SafetyRequest(**options), command_line())
    kept = outputs.json if outputs.json is not None and outputs.json.keeps else None
    path = kept.path if kept else default_path(setup.plan, only_self_test=only_test)
    with files.claimed(*_evidence_folders(path)) as evidence:
        where = kept or place(str(evidence.with_name(path.name)))
        result = _begin(where, setup, only_test=only_test)
        for remark in setup.workload.remarks:
            write_message(remark)
        if not only_test:
            write_server_warnings(result)
        saver = Saver(where, write_message)
        experiment = SafetyExperiment(result, setup, frozenset(options["destructive"]), saver.save, evidence)
        interrupted = False
        try:
            interrupted = run_until_interrupted(lambda: experiment.execute(quiet=quiet, only_self_test=only_test))
        finally:  # whatever happened: save and show what was measured
            result = experiment.result
            saver.save_at_last(result)
            written = show_result(result, outputs)
    if not kept and not only_test and saver.saved:
        write_message(f"the result is in {where}")
    status = _status(result, setup, transports, interrupted=interrupted, only_test=only_test)
    return status or (ExitStatus.DONE if saver.saved and written else ExitStatus.FAILED)


def _evidence_folders(path: Path) -> Iterator[Path]:
    """Return the folders for the journals of a matrix, the best one first: beside the result, or among the user's."""
    stem = os.fsdecode(os.fsencode(path.stem)[:LONGEST_STEM])
    yield path.with_name(f"{stem}{EVIDENCE}")
    for folder in state_folders():
        yield folder / f"{stem}-{zlib.crc32(os.fsencode(path)):08x}{EVIDENCE}"


def _begin(where: Place, setup: SafetySetup, *, only_test: bool) -> SafetyResult:
    """Return an empty result, or the unfinished one of an interrupted command with the same plan."""
    tool = f"crossover {__version__}"
    if not only_test and (found := unfinished_result(where.path, setup.plan, tool)):
        write_message(f"continuing {where}: {len(found.runs)} cells were measured before")
        return msgspec.structs.replace(found, server_warnings=setup.server_warnings, interpreters=setup.interpreters)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return SafetyResult(
        tool=tool,
        started_at=now,
        host=host(),
        plan=setup.plan,
        skipped=setup.skipped,
        server_warnings=setup.server_warnings,
        interpreters=setup.interpreters,
    )


def _status(
    result: SafetyResult, setup: SafetySetup, transports: Sequence[str], *, interrupted: bool, only_test: bool
) -> ExitStatus:
    if result.self_test and not passed(result.self_test):
        write_message("the checker missed a planted error, so its verdicts cannot be trusted")
        return ExitStatus.FAILED
    if interrupted:
        write_message(f"interrupted; {len(result.runs):,} cells were measured. Give the same command again to continue")
        return ExitStatus.INTERRUPTED
    if only_test and result.self_test:
        return ExitStatus.DONE
    for run in broken_promises(result.runs):
        promise = f"{run.transport} {run.safety} promises to lose nothing under {run.fault}"
        write_message(f"{promise}, and lost {run.delivery.lost:,} of {run.delivery.accepted:,}")
    for cell in result.unmeasured:
        if not cell.meaningless:
            write_message(f"{cell.transport} {cell.safety}, {cell.fault}: not measured: {cell.reason}")
    measured = {run.transport for run in result.runs}
    if transports and not set(setup.addresses) <= measured:
        return ExitStatus.UNUSABLE
    if not result.runs:
        write_message("nothing was measured")
        return ExitStatus.FAILED
    return ExitStatus.FAILED if broken_promises(result.runs) else ExitStatus.DONE
