"""What safety costs, and what a cell says in a few words."""

from __future__ import annotations

from crossover.report.terminal.layout.columns import AnyColumn, Column
from crossover.report.terminal.layout.tables import Grid
from crossover.report.terminal.throughput import bars
from crossover.report.wording.figures import bad, figure
from crossover.results.safety import SafetyResult, SafetyRun

COSTS = "Tasks/s with nothing to do, against tasks lost and duplicated with a busy worker that is killed."


def headline(result: SafetyResult) -> str:
    """Return what was asked for."""
    plan = result.plan
    if result.self_test and not result.runs and not result.unmeasured:
        return "safety: the checker alone"
    rounds = "" if plan.rounds == 1 else f" in each of {plan.rounds} rounds"
    return f"{plan.workload}: {plan.tasks:,} tasks{rounds}, {plan.workers} workers, window {plan.window}, a fault each"


def costs(result: SafetyResult) -> list[Grid]:
    """Return what each level costs, and what it saves."""
    shown = result.costs
    if not shown:
        return []
    top = max(cost.throughput for cost in shown)
    columns: list[AnyColumn] = [
        Column("transport", [cost.transport for cost in shown]),
        Column("level", [cost.safety for cost in shown], left=True),
        Column("tasks/s", [figure(cost.throughput) for cost in shown]),
        bars([cost.throughput / top if top else 0.0 for cost in shown]),
        Column("lost", [bad(cost.lost) if cost.accepted else "?" for cost in shown]),
        Column("dup.", [f"{cost.duplicated:,}" for cost in shown]),
        Column("of accepted", [f"{cost.accepted:,}" for cost in shown], rank=1),
    ]
    return [Grid(columns)]


def found(run: SafetyRun) -> str:
    """Return in a few words what came out of a cell."""
    counts = {"lost": run.delivery.lost, "duplicated": run.delivery.duplicated, "hung": run.hung, "error": run.error}
    return ", ".join(f"{count} {what}" if isinstance(count, int) and not isinstance(count, bool) else what
                     for what, count in counts.items() if count) or "no harm"  # fmt: skip
