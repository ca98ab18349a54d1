"""How a comparison is carried out and shown, whichever it is: interrupted in order, saved after each run."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

from crossover import __version__
from crossover.analysis.conclusions import conclude
from crossover.analysis.summary import damage
from crossover.cli.main import DAMAGED, INTERRUPTED, UNUSABLE, complain
from crossover.cli.outcome import Outputs, execute, show
from crossover.execution.host import host
from crossover.experiments.planning import Prepared
from crossover.experiments.rounds import Measurement
from crossover.progress.live_view import shown
from crossover.progress.watcher import Ahead
from crossover.report.formats import files
from crossover.results.comparison import Result


class Comparison(NamedTuple):
    """What is to be carried out.

    Attributes:
        prepared: the plan, and what is skipped.
        measure: all its steps.
        runs: how many there will be.
        beside: how many probes there will be, at most.
        unusable: whether what was named and could not be measured is a reason to fail.
    """

    prepared: Prepared
    measure: Callable[[Measurement], None]
    runs: int
    beside: int
    unusable: Callable[[Result], bool]


def carry_out(comparison: Comparison, outputs: Outputs, time_limit: float | None, *, quiet: bool) -> int:
    """Measure, show, save; whatever happens, what was measured is shown and saved.

    Args:
        comparison: what is to be done.
        outputs: where the result goes.
        time_limit: seconds after which it stops.
        quiet: no progress.

    Returns:
        The exit status.
    """
    result = Result(
        tool=f"crossover {__version__}",
        started_at=datetime.now(UTC).isoformat(timespec="seconds"),
        host=host(),
        plan=comparison.prepared.plan,
        skipped=comparison.prepared.skipped,
    )
    saver = files.Saver(outputs.json, complain)
    deadline = math.inf if time_limit is None else time.monotonic() + time_limit
    ahead = Ahead(
        comparison.runs,
        comparison.beside,
        at_most=comparison.prepared.plan.until_within is not None,
        limit=math.inf if time_limit is None else time_limit,
    )
    with shown(ahead, quiet=quiet) as watcher:
        measurement = Measurement(result, watcher, saver.save, deadline)
        try:
            interrupted = execute(lambda: comparison.measure(measurement))
        finally:
            result = conclude(measurement.result)
            saver.save(result)
            watcher.close()
            show(result, outputs)
    if interrupted or measurement.time_up:
        complain(f"{'interrupted' if interrupted else 'time limit'}; {_measured(comparison, result)}")
    for skipped in result.skipped:
        if skipped.transport in result.plan.transports:
            complain(f"{skipped.transport}: {skipped.reason}")
    if interrupted:
        return INTERRUPTED
    if comparison.unusable(result):
        return UNUSABLE
    damaged = any(damage(run) for run in [*result.runs, *result.probes])
    return DAMAGED if damaged or not saver.saved else 0


def _measured(comparison: Comparison, result: Result) -> str:
    """Say how far it came."""
    runs = f"{len(result.runs)} of {comparison.runs} runs were measured"
    if comparison.prepared.plan.until_within is not None:
        runs = f"{len(result.runs)} runs were measured"
    return f"{runs}, and {len(result.probes)} of {comparison.beside} probes" if result.probes else runs
