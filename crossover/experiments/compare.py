"""compare: one workload through each transport, in steps of interleaved rounds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from crossover.analysis.kinds import IDLE, REFERENCE, of_nothing, one_each
from crossover.analysis.rounds import sure
from crossover.analysis.summary import break_even, effective_workers, overhead_per_task
from crossover.contract.records import Plan, Run
from crossover.contract.registry import parse
from crossover.execution.host import usable_cores
from crossover.execution.measure import Load
from crossover.experiments.case import Case
from crossover.experiments.measuring import Measurement
from crossover.experiments.planning import Prepared, usual_window
from workloads.noop import NoopOn
from workloads.payload import Payload
from workloads.spin import Spin

IDLE_ROUNDS, IDLE_SECONDS, IDLE_TASKS = 3, 0.3, 100_000  # at most; each; at most
SWEEP_SECONDS = 1.0  # of each run, at most, where nobody says how many tasks
CHECK_SECONDS, CHECK_TASKS = 1.0, 40  # of each run; of each worker, at least
REFERENCE_TRANSPORT = "pipe"  # carries the reference: one message for each worker


def planned(plan: Plan) -> int:
    """Return how many runs there will be, at most."""
    return plan.rounds * len(plan.transports) * max(1, len(plan.payloads))


def probes(prepared: Prepared) -> int:
    """Return how many runs there will be beside them, at most."""
    plan = prepared.plan
    idle = 0 if plan.payloads else min(plan.rounds, IDLE_ROUNDS) * len(list(_idle(_cases(prepared), plan)))
    return idle + (2 * plan.rounds * len(plan.transports) if plan.check else 0)


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
    measurement.rounds(cases, plan.rounds, _enough(plan))
    measurement.rounds(list(_idle(cases, plan)), min(plan.rounds, IDLE_ROUNDS))
    if plan.check:
        measurement.rounds(list(_check(cases, measurement)), plan.rounds)


def _cases(prepared: Prepared) -> list[Case]:
    """Return each transport with the workload."""
    plan = prepared.plan
    load = Load(plan.tasks, plan.workers, plan.batch, plan.window)
    return [Case(label, address, prepared.workload, load) for label, address in prepared.addresses.items()]


def _enough(plan: Plan) -> Callable[[Sequence[Run]], bool]:
    """Return what says after each round whether no more are needed."""
    within = plan.until_within
    return lambda runs: within is not None and sure(runs, within)


def _idle(cases: Sequence[Case], plan: Plan) -> Iterator[Case]:
    """Return each transport with tasks that do nothing: one for each worker at a time; brokers also with a full window.

    Of tasks that last, hardly two are sent, taken or brought back at once; so what a transport costs them is measured
    without that (docs/decisions/0014).
    """
    for case in cases:
        idle = case.workload.name in IDLE
        load = case.load._replace(tasks=IDLE_TASKS, seconds=IDLE_SECONDS)
        nothing = case._replace(workload=case.workload if idle else NoopOn(case.workload), load=load, probe=True)
        if plan.window != one_each(plan):
            yield nothing._replace(load=load._replace(window=one_each(plan)))
        if not idle and case.address.transport.server:
            yield nothing


def _sweep(prepared: Prepared) -> Iterator[Case]:
    """Return each transport with payloads of each size."""
    plan = prepared.plan
    for size in plan.payloads:
        workload = Payload(size, plan.seed)
        window = plan.window if prepared.window_typed else usual_window(plan.workers, plan.batch, size)
        load = Load(plan.tasks, plan.workers, plan.batch, window)
        if not prepared.tasks_typed:
            load = load._replace(tasks=workload.usual_tasks, seconds=SWEEP_SECONDS)
        for label, address in prepared.addresses.items():
            yield Case(label, address, workload, load)


def _check(cases: Sequence[Case], measurement: Measurement) -> Iterator[Case]:
    """Return each transport with tasks of its break-even time, its reference before it."""
    cores, plan = usable_cores(), measurement.result.plan
    for label, runs in of_nothing(measurement.result, one_each(plan)).items():
        case = next(case for case in cases if case.label == label)
        overhead = overhead_per_task(runs, cores)
        if overhead is None:
            continue
        workers, seconds = effective_workers(runs[0], cores), break_even(overhead)
        each = max(CHECK_TASKS, int(CHECK_SECONDS / seconds)) // plan.batch * plan.batch or plan.batch
        load = case.load._replace(tasks=workers * each)
        alone = load._replace(workers=workers, batch=each, window=load.tasks)
        spin = Spin(seconds)
        yield Case(label + REFERENCE, parse(REFERENCE_TRANSPORT), spin, alone, probe=True)
        yield Case(label, case.address, spin, load, probe=True)
