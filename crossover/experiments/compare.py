"""compare: one workload through each transport."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from crossover.contract.records import Plan, Run
from crossover.execution.measure import Load
from crossover.experiments.case import Case
from crossover.experiments.measuring import Measurement
from crossover.experiments.planning import Prepared, at_rate


def planned(plan: Plan) -> int:
    """Return how many runs there will be."""
    return len(plan.transports) * (plan.rounds + len(plan.fractions) * rounds_at_fractions(plan))


def compare(measurement: Measurement, prepared: Prepared) -> None:
    """Measure everything that was planned.

    Raises:
        KeyboardInterrupt: Ctrl-C; what was measured is in `measurement.result`.
    """
    plan = prepared.plan
    load = Load(plan.tasks, plan.workers, plan.batch, plan.window, rate=plan.rate)
    cases = [Case(label, address, prepared.workload, load) for label, address in prepared.addresses.items()]
    measurement.rounds(cases, plan.rounds)
    if plan.fractions:
        measurement.rounds(at_fractions(cases, plan, measurement.result.runs), rounds_at_fractions(plan))


def rounds_at_fractions(plan: Plan) -> int:
    """Return how often each fraction is measured: half as often, since there are several of them."""
    return (plan.rounds + 1) // 2


def at_fractions(cases: Sequence[Case], plan: Plan, runs: Sequence[Run]) -> list[Case]:
    """Return the cases at each fraction of the most that each could do; what could do nothing has none.

    Args:
        cases: in closed loop.
        plan: says which fractions.
        runs: of the cases.
    """
    found: dict[str, list[float]] = {}
    for run in runs:
        found.setdefault(run.transport, []).append(run.throughput)
    most = {label: statistics.median(figures) for label, figures in found.items()}
    return [
        case._replace(load=_load_at(plan, case.load, fraction, most[case.label]))
        for fraction in plan.fractions
        for case in cases
        if most.get(case.label)
    ]


def _load_at(plan: Plan, load: Load, fraction: float, most: float) -> Load:
    rate = fraction * most
    tasks = load.tasks if plan.seconds is None else at_rate(rate, plan.seconds, load.batch)
    return load._replace(tasks=tasks, rate=rate, fraction=fraction)
