"""compare: one workload through each transport, in steps of interleaved rounds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from crossover.analysis.rounds import sure
from crossover.execution.load.load import Load
from crossover.experiments import probes
from crossover.experiments.case import Case
from crossover.experiments.load_fractions import at_fractions, planned_at_fractions, rounds_at_fractions
from crossover.experiments.planning import Prepared, usual_window
from crossover.experiments.rounds import Measurement
from crossover.experiments.wire_bytes import count_bytes
from crossover.results.records import End, Plan, Run
from workloads.payload import Payload

MOST_BEFORE_FRACTIONS = 10  # rounds in closed loop, where they go on until they are enough: there are others to come
SWEEP_SECONDS, SWEEP_TASKS = 0.5, 200_000  # of each run, at most, where nobody says how many tasks


def planned(plan: Plan) -> int:
    """Return how many runs there will be, at most."""
    return plan.rounds * len(plan.transports) * max(1, len(plan.payloads)) + planned_at_fractions(plan)


def planned_beside(prepared: Prepared) -> int:
    """Return how many probes there will be, at most."""
    plan = prepared.plan
    return probes.planned(_cases(prepared), plan) if _has_probes(plan) else 0


def compare(measurement: Measurement, prepared: Prepared) -> None:
    """Measure everything that was planned.

    Raises:
        KeyboardInterrupt: Ctrl-C; what was measured is in `measurement.result`.
    """
    plan = prepared.plan
    if plan.payloads:
        measurement.rounds(list(_sweep(prepared)), plan.rounds, _enough(plan))
        return
    cases = _cases(prepared)
    rounds = plan.rounds if plan.until_within is None or not plan.fractions else min(plan.rounds, MOST_BEFORE_FRACTIONS)
    measurement.rounds(cases, rounds, _enough(plan))
    cases = [case for case in cases if _came_through(case, measurement.result.runs)]
    if _has_probes(plan):
        measurement.rounds(list(probes.of_idle_tasks(cases, plan)), min(plan.rounds, probes.ROUNDS))
        for case in cases:
            count_bytes(measurement, case)
    if plan.check:
        measurement.rounds(
            list(probes.of_the_break_even(cases, measurement.result)), min(plan.rounds, probes.CHECK_ROUNDS)
        )
    if plan.fractions:
        measurement.rounds(list(at_fractions(cases, plan, measurement.result.runs)), rounds_at_fractions(plan))


def _has_probes(plan: Plan) -> bool:
    """Say whether it is found out, too, what each transport costs: at a rate all have the same throughput."""
    return not (plan.payloads or plan.backlog or plan.rate)


def _came_through(case: Case, runs: Sequence[Run]) -> bool:
    """Say whether each run of a transport ended of itself: where one broke, asking more of it tells nothing new."""
    mine = [run for run in runs if run.transport == case.label]
    return bool(mine) and all(run.ending == End.FINISHED for run in mine)


def _cases(prepared: Prepared) -> list[Case]:
    """Return each transport with the workload."""
    plan = prepared.plan
    load = Load(plan.tasks, plan.workers, plan.batch, plan.window, rate=plan.rate, backlog=plan.backlog)
    return [Case(label, address, prepared.workload, load) for label, address in prepared.addresses.items()]


def _enough(plan: Plan) -> Callable[[Sequence[Run]], bool]:
    """Return what says after each round whether no more are needed."""
    within = plan.until_within
    return lambda runs: within is not None and sure(runs, within)


def _sweep(prepared: Prepared) -> Iterator[Case]:
    """Return each transport with payloads of each size."""
    plan = prepared.plan
    for size in plan.payloads:
        workload = Payload(size, plan.seed)
        window = plan.window if prepared.window_typed else usual_window(plan.workers, plan.batch, size)
        load = Load(plan.tasks, plan.workers, plan.batch, window)
        if not prepared.tasks_typed:
            load = load._replace(tasks=SWEEP_TASKS, seconds=SWEEP_SECONDS)
        for label, address in prepared.addresses.items():
            yield Case(label, address, workload, load)
