"""Probes: runs that answer side questions, with tasks that do nothing and tasks of the predicted break-even time."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence

from crossover.analysis.break_even import break_even_time, effective_workers, overhead_per_task
from crossover.analysis.run_selection import IDLE, REFERENCE, idle_runs
from crossover.contract.registry import parse
from crossover.contract.safety import Safety
from crossover.experiments.comparison.planning.amounts import default_window
from crossover.experiments.comparison.run_spec import RunSpec
from crossover.results.comparison import Result
from crossover.results.records import Plan
from crossover.workers.limits.cpu import usable_cores
from workloads.noop import NoopOn
from workloads.spin import Spin

IDLE_ROUNDS = 3  # at most, of tasks that do nothing
SOON_ROUNDS = 2  # the same where an answer is due soon; one of those that take long to start
IDLE_TAKES = 20.0  # seconds of one such round of all transports, about: the rounds of the comparison leave them
LONG_START = 2.0  # seconds of such a run
IDLE_SECONDS, IDLE_TASKS = 0.3, 100_000  # of one such run, at most
CHECK_ROUNDS = 5  # at most, of tasks of the break-even time
CHECK_SECONDS, CHECK_TASKS = 1.0, 40  # of one such run; tasks per worker, at least
LONGEST_CHECK = 10.0  # seconds of one such run, about
REFERENCE_TRANSPORT = "queue"  # carries the same tasks with next to no overhead
REFERENCE_MESSAGES = 8  # per worker, so that a worker that is done early takes another


def count_probes(specs: Sequence[RunSpec], plan: Plan, known: Collection[str] = ()) -> int:
    """Return the number of probes, at most; the arguments are those of `idle_specs`."""
    idle = idle_rounds(plan) * len(list(idle_specs(specs, plan, known)))
    return idle + (2 * min(plan.rounds, CHECK_ROUNDS) * len(specs) if plan.check else 0)


def idle_rounds(plan: Plan) -> int:
    """Return the number of rounds of tasks that do nothing, at most."""
    return SOON_ROUNDS if plan.until_apart else min(plan.rounds, IDLE_ROUNDS)


def idle_spec(spec: RunSpec, window: int) -> RunSpec:
    """Return a spec with tasks that do nothing, for a short time, with payloads like those of the given spec.

    Args:
        spec: of the comparison.
        window: tasks that may be outstanding.
    """
    idle = spec.workload.name in IDLE
    load = spec.load._replace(tasks=IDLE_TASKS, seconds=IDLE_SECONDS, window=window, distinct=0)
    return spec._replace(workload=spec.workload if idle else NoopOn(spec.workload), load=load, probe=True)


def idle_specs(specs: Sequence[RunSpec], plan: Plan, known: Collection[str] = ()) -> Iterator[RunSpec]:
    """Return probes of each transport's overhead: one batch per worker at a time; for brokers also a full window.

    Tasks that take time are hardly ever sent, received or returned several at once, so their overhead is measured with
    one batch per worker (docs/decisions/0014).

    Args:
        specs: of the comparison.
        plan: of the comparison.
        known: labels of the brokers whose ceiling a search for their window has measured.
    """
    for spec in specs:
        measured = spec.load.window if spec.workload.name in IDLE else None  # the comparison measures such tasks
        one_batch_each = spec.load.workers * spec.load.batch
        full = default_window(spec.load.workers, plan.batch, spec.workload.payload_bytes)  # even if another was typed
        if measured != one_batch_each:
            yield idle_spec(spec, one_batch_each)
        if spec.address.traits.server and measured != full and spec.label not in known:
            yield idle_spec(spec, full)


def break_even_specs(specs: Sequence[RunSpec], result: Result) -> Iterator[RunSpec]:
    """Return probes of each transport with tasks of its break-even time, each after its reference.

    Args:
        specs: of the comparison.
        result: with the runs of tasks that do nothing.
    """
    cores, plan = usable_cores(), result.plan
    for label, runs in idle_runs(result).items():
        spec = next(spec for spec in specs if spec.label == label)
        overhead = overhead_per_task(runs, cores)
        if overhead is None:
            continue
        workers, seconds = effective_workers(runs[0], cores), break_even_time(overhead)
        per_worker = max(
            int(CHECK_SECONDS / seconds),
            min(CHECK_TASKS, int(LONGEST_CHECK / seconds)),
            plan.batch,
            REFERENCE_MESSAGES,
        )
        per_worker = per_worker // plan.batch * plan.batch
        load = spec.load._replace(tasks=workers * per_worker, seconds=math.inf, distinct=0)
        batch = max(1, per_worker // REFERENCE_MESSAGES)
        reference = load._replace(workers=workers, batch=batch, window=load.tasks)
        spin = Spin(seconds)
        address = parse(REFERENCE_TRANSPORT)._replace(python=spec.address.python)
        yield RunSpec(label + REFERENCE, address, spin, reference, probe=True, safety=Safety.DEFAULT)
        yield RunSpec(label, spec.address, spin, load, probe=True)
