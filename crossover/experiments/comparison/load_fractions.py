"""--rate auto: runs at fractions of the highest rate that each transport reached in closed loop."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Sequence

from crossover.analysis.run_selection import by_label
from crossover.execution.load.load import Load
from crossover.experiments.comparison.planning.amounts import tasks_at_rate
from crossover.experiments.comparison.run_spec import RunSpec
from crossover.results.records import Plan, Run

AUTO_ROUNDS = 3  # of each fraction, with --rounds auto


def count_fraction_runs(plan: Plan) -> int:
    """Return the number of runs at fractions."""
    return len(plan.transports) * len(plan.fractions) * fraction_rounds(plan)


def fraction_rounds(plan: Plan) -> int:
    """Return the number of rounds of each fraction: half of the plan's, because there are several fractions."""
    return AUTO_ROUNDS if plan.until_within is not None else (plan.rounds + 1) // 2


def fraction_specs(specs: Sequence[RunSpec], plan: Plan, runs: Sequence[Run]) -> Iterator[RunSpec]:
    """Return each spec at each fraction of its transport's highest rate; a transport with no throughput has none.

    Args:
        specs: in closed loop.
        plan: with the fractions.
        runs: of these specs.
    """
    highest = {label: statistics.median(run.throughput for run in rounds) for label, rounds in by_label(runs).items()}
    for fraction in plan.fractions:
        for spec in specs:
            if highest.get(spec.label):
                yield spec._replace(load=_load_at(plan, spec.load, fraction, highest[spec.label]))


def _load_at(plan: Plan, load: Load, fraction: float, highest: float) -> Load:
    rate = fraction * highest
    tasks = load.tasks if plan.seconds is None else tasks_at_rate(rate, plan.seconds, load.batch)
    return load._replace(tasks=tasks, rate=rate, fraction=fraction, seconds=math.inf, distinct=0)
