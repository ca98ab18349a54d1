"""Which runs of a result are about what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from crossover.results.comparison import Result
from crossover.results.records import Plan, Run

IDLE = ("noop", "payload")
"""Workloads whose function does nothing: all the time is the transport's."""

SPIN = "spin"
REFERENCE = " (reference)"
"""What the label of a transport's reference ends with: the same tasks, one message for each worker."""

RunsByLabel = Mapping[str, Sequence[Run]]
"""Label → the runs of a transport."""


def idle_runs(result: Result) -> RunsByLabel:
    """Return the runs whose tasks do nothing, with payloads like those of the workload, one batch for each worker."""
    return by_label(run for run in _idle(result) if run.load.window == one_batch_each(result.plan))


def idle_runs_full_window(result: Result) -> RunsByLabel:
    """Return the runs whose tasks do nothing, with the most outstanding that was tried."""
    found = by_label(run for run in _idle(result) if run.load.window and run.load.window > one_batch_each(result.plan))
    most = {label: max(run.load.window or 0 for run in rounds) for label, rounds in found.items()}
    return {label: [run for run in rounds if run.load.window == most[label]] for label, rounds in found.items()}


def _idle(result: Result) -> list[Run]:
    idle = result.plan.workload if result.plan.workload in IDLE else "noop"
    return [run for run in [*result.runs, *result.probes] if run.workload == idle]


def one_batch_each(plan: Plan) -> int:
    """Return the window in which each worker has one batch, so that nothing is done for several at once."""
    return plan.workers * plan.batch


def check_runs(runs: Iterable[Run]) -> RunsByLabel:
    """Return the runs of tasks as long as their break-even time, and their references."""
    return by_label(run for run in runs if run.workload == SPIN)


def by_label(runs: Iterable[Run]) -> dict[str, list[Run]]:
    """Return label → runs."""
    found: dict[str, list[Run]] = {}
    for run in runs:
        found.setdefault(run.transport, []).append(run)
    return found
