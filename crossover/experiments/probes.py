"""What is measured beside a comparison: tasks that do nothing, and tasks of the break-even time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crossover.analysis.run_selection import IDLE, REFERENCE, of_nothing, one_each
from crossover.analysis.summary import break_even, effective_workers, overhead_per_task
from crossover.contract.registry import parse
from crossover.contract.safety import Safety
from crossover.execution.host import usable_cores
from crossover.experiments.case import Case
from crossover.experiments.planning import usual_window
from crossover.results.comparison import Result
from crossover.results.records import Plan
from workloads.noop import NoopOn
from workloads.spin import Spin

ROUNDS, SECONDS, TASKS = 3, 0.3, 100_000  # of tasks that do nothing: at most; of each run; of each run, at most
CHECK_SECONDS, CHECK_TASKS = 1.0, 40  # of each run; of each worker, at least
REFERENCE_TRANSPORT, MESSAGES = "queue", 8  # carries the reference; messages for each worker: who is done takes another
CHECK_ROUNDS, LONGEST = 5, 10.0  # at most; seconds of a run, about


def planned(cases: Sequence[Case], plan: Plan) -> int:
    """Return how many of them there will be, at most."""
    nothing = min(plan.rounds, ROUNDS) * len(list(of_idle_tasks(cases, plan)))
    return nothing + (2 * min(plan.rounds, CHECK_ROUNDS) * len(cases) if plan.check else 0)


def doing_nothing(case: Case, window: int) -> Case:
    """Return a case with tasks that do nothing, payloads like its own, and so many outstanding, for a short time."""
    idle = case.workload.name in IDLE
    load = case.load._replace(tasks=TASKS, seconds=SECONDS, window=window)
    return case._replace(workload=case.workload if idle else NoopOn(case.workload), load=load, probe=True)


def of_idle_tasks(cases: Sequence[Case], plan: Plan) -> Iterator[Case]:
    """Return each transport with tasks that do nothing: one for each worker at a time; brokers also with a full window.

    Of tasks that last, hardly two are sent, taken or brought back at once; so what a transport costs them is measured
    without that (docs/decisions/0014).
    """
    for case in cases:
        measured = plan.window if case.workload.name in IDLE else None  # the comparison itself is of such tasks
        full = usual_window(plan.workers, plan.batch, case.workload.payload_bytes)  # whatever was typed
        if measured != one_each(plan):
            yield doing_nothing(case, one_each(plan))
        if case.address.transport.server and measured != full:
            yield doing_nothing(case, full)


def of_the_break_even(cases: Sequence[Case], result: Result) -> Iterator[Case]:
    """Return each transport with tasks of its break-even time, its reference before it."""
    cores, plan = usable_cores(), result.plan
    for label, runs in of_nothing(result).items():
        case = next(case for case in cases if case.label == label)
        overhead = overhead_per_task(runs, cores)
        if overhead is None:
            continue
        workers, seconds = effective_workers(runs[0], cores), break_even(overhead)
        each = max(int(CHECK_SECONDS / seconds), min(CHECK_TASKS, int(LONGEST / seconds)), plan.batch, MESSAGES)
        each = each // plan.batch * plan.batch
        load = case.load._replace(tasks=workers * each)
        alone = load._replace(workers=workers, batch=max(1, each // MESSAGES), window=load.tasks)
        spin = Spin(seconds)
        yield Case(label + REFERENCE, parse(REFERENCE_TRANSPORT), spin, alone, probe=True, safety=Safety.DEFAULT)
        yield Case(label, case.address, spin, load, probe=True)
