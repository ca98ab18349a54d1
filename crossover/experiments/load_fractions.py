"""--rate auto: the most that each transport can do has been found; now at fractions of it."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence

from crossover.analysis.run_selection import by_label
from crossover.execution.load.load import Load
from crossover.experiments.case import Case
from crossover.experiments.planning import at_rate
from crossover.results.records import Plan, Run

MOST_ROUNDS = 3  # where nobody says how many; there are several fractions


def planned_at_fractions(plan: Plan) -> int:
    """Return how many runs there will be."""
    return len(plan.transports) * len(plan.fractions) * rounds_at_fractions(plan)


def rounds_at_fractions(plan: Plan) -> int:
    """Return how often each fraction is measured: half as often, since there are several of them."""
    return MOST_ROUNDS if plan.until_within is not None else (plan.rounds + 1) // 2


def at_fractions(cases: Sequence[Case], plan: Plan, runs: Sequence[Run]) -> Iterator[Case]:
    """Return the cases at each fraction of the most that each could do; what could do nothing has none.

    Args:
        cases: in closed loop.
        plan: says which fractions.
        runs: of the cases.
    """
    most = {label: statistics.median(run.throughput for run in rounds) for label, rounds in by_label(runs).items()}
    for fraction in plan.fractions:
        for case in cases:
            if most.get(case.label):
                yield case._replace(load=_load_at(plan, case.load, fraction, most[case.label]))


def _load_at(plan: Plan, load: Load, fraction: float, most: float) -> Load:
    rate = fraction * most
    tasks = load.tasks if plan.seconds is None else at_rate(rate, plan.seconds, load.batch)
    return load._replace(tasks=tasks, rate=rate, fraction=fraction)
