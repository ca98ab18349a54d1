"""Selects the runs of a result by the question that they answer, and orders their groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from crossover.contract.registry import known_traits
from crossover.contract.safety import Delivery, Guarantee
from crossover.contract.traits import WorkerKind
from crossover.results.comparison import Result
from crossover.results.records import OPEN, Run

IDLE = ("noop", "payload")
"""Workloads whose function does nothing: all of the time is overhead."""

SPIN = "spin"
REFERENCE = " (reference)"
"""The end of the label of a transport's reference: the same tasks with next to no overhead."""

RunsByLabel = Mapping[str, Sequence[Run]]
"""Label of a transport → its runs, in the order of the rounds."""


def worker_kind(run: Run) -> WorkerKind:
    """Return what ran the tasks of a run; processes, if its transport is not known here."""
    traits = None if run.guarantee.crosses_machines else known_traits(run.name)
    return traits.worker_kind if traits else WorkerKind.PROCESS


def workers_of(run: Run) -> int:
    """Return how many workers a run has; where its producer runs the tasks, that is one."""
    return 1 if worker_kind(run) is WorkerKind.PRODUCER else max(1, run.workers)


def cost_seconds(run: Run) -> float:
    """Return the seconds over which the cost of a run was measured: with a backlog, filling it is included."""
    return run.seconds + (run.backlog.fill_seconds if run.backlog else 0.0)


def all_ours(run: Run) -> bool:
    """Return whether we started all processes of a run; else its cost and the load of other processes are unknown."""
    return not run.guarantee.crosses_machines or {"workers", "broker"} <= run.cost.cpu_seconds.keys()


def closed_loop(runs: Iterable[Run]) -> dict[str, list[Run]]:
    """Return label → its runs in closed loop: only these show what a transport can do."""
    return by_label(run for run in runs if run.load.mode != OPEN)


def idle_runs(result: Result) -> RunsByLabel:
    """Return the runs of tasks that do nothing, with payloads like the workload's and one batch per worker."""
    return by_label(run for run in _idle(result) if run.load.window == run.workers * run.batch)


def idle_runs_full_window(result: Result) -> RunsByLabel:
    """Return the runs of tasks that do nothing, with the largest window that was measured."""
    found = by_label(run for run in _idle(result) if (run.load.window or 0) > run.workers * run.batch)
    most = {label: max(run.load.window or 0 for run in rounds) for label, rounds in found.items()}
    return {label: [run for run in rounds if run.load.window == most[label]] for label, rounds in found.items()}


def _idle(result: Result) -> list[Run]:
    idle = result.plan.workload if result.plan.workload in IDLE else "noop"
    return [run for run in [*result.runs, *result.probes] if run.workload == idle]


def check_runs(runs: Iterable[Run]) -> RunsByLabel:
    """Return the runs of tasks that take the break-even time, and their references."""
    return by_label(run for run in runs if run.workload == SPIN)


def by_label(runs: Iterable[Run]) -> dict[str, list[Run]]:
    """Return label → runs, in the order in which they were measured."""
    found: dict[str, list[Run]] = {}
    for run in runs:
        found.setdefault(run.transport, []).append(run)
    return found


def promise_rank(guarantee: Guarantee) -> tuple[bool, int]:
    """Return the sort key of a group: local before distributed, weaker delivery guarantees first."""
    return guarantee.crosses_machines, list(Delivery).index(guarantee.delivery)
