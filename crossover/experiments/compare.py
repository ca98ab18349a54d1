"""compare: one workload through each transport."""

from __future__ import annotations

from crossover.contract.records import Plan
from crossover.execution.measure import Load
from crossover.experiments.case import Case
from crossover.experiments.measuring import Measurement
from crossover.experiments.planning import Prepared
from crossover.experiments.wire import count_bytes


def planned(plan: Plan) -> int:
    """Return how many runs there will be."""
    return plan.rounds * len(plan.transports)


def compare(measurement: Measurement, prepared: Prepared) -> None:
    """Measure everything that was planned.

    Raises:
        KeyboardInterrupt: Ctrl-C; what was measured is in `measurement.result`.
    """
    plan = prepared.plan
    load = Load(plan.tasks, plan.workers, plan.batch, plan.window, backlog=plan.backlog)
    cases = [Case(label, address, prepared.workload, load) for label, address in prepared.addresses.items()]
    measurement.rounds(cases, plan.rounds)
    if plan.rate is None and not plan.fractions and not plan.backlog:
        for case in cases:
            count_bytes(measurement, case)
