"""The rounds of a comparison: how many were planned and measured, and which of them count."""

from __future__ import annotations

from crossover.results.comparison import Result
from crossover.results.records import OPEN, Plan, Run


def at_most(plan: Plan) -> bool:
    """Return whether there may be fewer rounds than the plan has."""
    return plan.until_within is not None or plan.until_apart


def planned_runs(result: Result) -> int:
    """Return how many runs were planned, except those at fractions; as many as were measured, if they go on."""
    plan = result.plan
    if at_most(plan):
        return measured_runs(result)
    if plan.worker_counts_of:
        return plan.rounds * sum(map(len, plan.worker_counts_of.values()))
    each = max(1, len(plan.payloads), len(plan.worker_counts))
    return plan.rounds * len(plan.transports) * each


def measured_runs(result: Result) -> int:
    """Return how many of the planned runs were measured."""
    return sum(run.load.fraction is None and run.transport in result.plan.transports for run in result.runs)


def rounds_of(result: Result, transport: str) -> list[Run]:
    """Return the runs from which the throughput of a transport is computed: not those at a rate.

    Args:
        result: of `compare` or `scale`.
        transport: its label.
    """
    return [run for run in result.runs if run.transport == transport and run.load.mode != OPEN]
