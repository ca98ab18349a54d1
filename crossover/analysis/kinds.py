"""Which runs of a result are about what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from crossover.contract.records import Plan, Run

IDLE = ("noop", "payload")
"""Workloads whose function does nothing: all the time is the transport's."""

SPIN = "spin"
REFERENCE = " (reference)"
"""What the label of a transport's reference ends with: the same tasks, one message for each worker."""

Rounds = Mapping[str, Sequence[Run]]
"""Label → the runs of a transport."""


def of_the_workload(runs: Iterable[Run], plan: Plan) -> Rounds:
    """Return the runs of what was to be compared."""
    return by_label(run for run in runs if run.workload == plan.workload and run.load.window == plan.window)


def of_nothing(runs: Iterable[Run], plan: Plan, window: int) -> Rounds:
    """Return the runs whose tasks do nothing, with payloads like those of the workload, and with this window."""
    idle = idle_name(plan.workload)
    return by_label(run for run in runs if run.workload == idle and run.load.window == window)


def idle_name(workload: str) -> str:
    """Return the name of the workload that does nothing, with payloads like those of another."""
    return workload if workload in IDLE else "noop"


def one_each(plan: Plan) -> int:
    """Return the window in which each worker has one batch, so that nothing is done for several at once."""
    return plan.workers * plan.batch


def of_the_check(runs: Iterable[Run]) -> Rounds:
    """Return the runs of tasks as long as their break-even time, and their references."""
    return by_label(run for run in runs if run.workload == SPIN)


def by_label(runs: Iterable[Run]) -> dict[str, list[Run]]:
    """Return label → runs."""
    found: dict[str, list[Run]] = {}
    for run in runs:
        found.setdefault(run.transport, []).append(run)
    return found
