"""`crossover compare`."""

from __future__ import annotations

import math
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain, count
from types import FrameType
from typing import Any, NoReturn

import click
from rich.console import Console

from crossover import __version__
from crossover.analysis.summary import damage
from crossover.cli.main import DAMAGED, INTERRUPTED, UNUSABLE, complain
from crossover.cli.options import shared
from crossover.cli.types import Duration
from crossover.contract.errors import UnusableError, UsageError
from crossover.contract.records import Plan, Result, Skipped
from crossover.contract.registry import TRANSPORTS, Address, parse
from crossover.contract.safety import Safety
from crossover.execution.host import host, usable_cores
from crossover.experiments.compare import Comparison
from crossover.report import files, terminal
from crossover.report.progress import shown
from workloads import catalogue
from workloads.base import Workload

WINDOW_BATCHES = 16  # per worker, in the window
WINDOW_BYTES = 256 * 2**20  # of payloads outstanding, where they are large


@click.command(name="compare", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("transports", nargs=-1, metavar="[TRANSPORT]...")
@shared
@click.option("--time-limit", type=Duration(), help="Stop then, and report what there is.")
def command(
    transports: tuple[str, ...],
    json_path: str | None,
    time_limit: float | None,
    quiet: bool,  # noqa: FBT001 - click passes options by keyword
    workload: str,
    source: str | None,
    payload_bytes: int | None,
    seed: int,
    **numbers: Any,
) -> int:
    r"""Run one workload through each TRANSPORT and show them side by side.

    A transport is a name or a URL with options: queue, queue://?start=spawn. Without any, all that can be used here are
    compared. Naming one twice compares it with itself, which shows how much of a difference is noise.

    \b
    crossover compare
    crossover compare queue pipe pool -W noop -n 50000 -b 16
    crossover compare executor threads -W mymodule:function -i items.jsonl
    """
    addresses, skipped = _choose(transports, Safety(numbers["safety"]))
    if json_path is not None:
        files.check_writable(json_path)
    runs = catalogue.make(workload, source, payload_bytes, seed)
    plan = _plan(addresses, runs, source, seed, **numbers)
    result = Result(
        tool=f"crossover {__version__}",
        started_at=datetime.now(UTC).isoformat(timespec="seconds"),
        host=host(),
        plan=plan,
        skipped=skipped,
    )
    saver = files.Saver(json_path, complain)
    deadline = math.inf if time_limit is None else time.monotonic() + time_limit
    with shown(plan, quiet=quiet) as watcher:
        comparison = Comparison(result, addresses, runs, watcher, saver.save, deadline)
        interrupted = _execute(comparison)
    _show(comparison.result, json_path)
    return _status(comparison.result, transports, interrupted=interrupted, saved=saver.saved)


def _choose(typed: Sequence[str], safety: Safety) -> tuple[dict[str, Address], list[Skipped]]:
    """Return the transports to measure, by label, and those that cannot be used; one that was named must be usable."""
    addresses: dict[str, Address] = {}
    skipped = []
    for url in typed or TRANSPORTS:
        address = parse(url)
        reason = address.refusal(safety)
        if reason and typed:
            raise UsageError(reason)
        reason = reason or address.transport.unusable()
        if reason and typed:
            raise UnusableError(f"{address.name} cannot be used here: {reason}")
        if reason:
            skipped.append(Skipped(transport=url, reason=reason))
        else:
            addresses[_unique(url, addresses)] = address
    if not addresses:
        raise UsageError(f"no transport can be compared at the {safety} level: " + "; ".join(s.reason for s in skipped))
    return addresses, skipped


def _unique(url: str, taken: Mapping[str, Address]) -> str:
    labels = chain([url], (f"{url} ({number})" for number in count(2)))
    return next(label for label in labels if label not in taken)


def _plan(addresses: Mapping[str, Address], runs: Workload, source: str | None, seed: int, **numbers: Any) -> Plan:
    workers = numbers["workers"] or usable_cores()
    batch = numbers["batch"]
    payload_bytes = len(runs.payloads(1)[0]) if runs.name == "payload" else None
    window = numbers["window"] or WINDOW_BATCHES * workers * batch
    if payload_bytes and not numbers["window"]:
        window = min(window, max(workers * batch, WINDOW_BYTES // payload_bytes))
    return Plan(
        command=sys.argv[1:],
        transports=list(addresses),
        workload=runs.name,
        input=source,
        safety=numbers["safety"],
        tasks=numbers["tasks"] or runs.usual_tasks,
        workers=workers,
        batch=batch,
        window=window,
        payload_bytes=payload_bytes,
        rounds=numbers["rounds"],
        seed=seed,
    )


def _execute(comparison: Comparison) -> bool:
    """Measure; return whether somebody interrupted it."""
    signal.signal(signal.SIGINT, _interrupt_once)
    signal.signal(signal.SIGTERM, _interrupt_once)
    try:
        comparison.execute()
    except KeyboardInterrupt:
        return True
    return False


def _interrupt_once(_number: int, _frame: FrameType | None) -> NoReturn:
    """Interrupt, and let nothing interrupt the cleaning up, which has its own deadlines."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def _show(result: Result, json_path: str | None) -> None:
    if json_path == files.STANDARD_OUTPUT:
        files.write(files.as_json(result), json_path)
    elif result.runs:
        Console().print(terminal.render(result))


def _status(result: Result, typed: Sequence[str], *, interrupted: bool, saved: bool) -> int:
    planned = result.plan.rounds * len(result.plan.transports)
    if interrupted:
        complain(f"interrupted; {len(result.runs)} of {planned} runs were measured")
        return INTERRUPTED
    if any(run.ending == "time limit" for run in result.runs) or (not result.skipped and len(result.runs) < planned):
        complain(f"time limit; {len(result.runs)} of {planned} runs were measured")
    unusable = [skipped for skipped in result.skipped if skipped.transport in result.plan.transports]
    for skipped in unusable:
        complain(f"{skipped.transport}: {skipped.reason}")
    if unusable and typed:
        return UNUSABLE
    return DAMAGED if not saved or any(damage(run) for run in result.runs) else 0
