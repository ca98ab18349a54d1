"""compare: one workload through each transport, in interleaved rounds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

from crossover.analysis.statistics.stopping_rule import is_precise_enough
from crossover.analysis.windows import plateaus
from crossover.contract.registry import Address
from crossover.execution.load.load import Load
from crossover.experiments.comparison import probes
from crossover.experiments.comparison.load_fractions import count_fraction_runs, fraction_rounds, fraction_specs
from crossover.experiments.comparison.planning.amounts import bounded_window, default_window, most_repeated
from crossover.experiments.comparison.planning.plan import ComparisonSetup
from crossover.experiments.comparison.rounds import RoundRunner
from crossover.experiments.comparison.run_spec import RunSpec
from crossover.experiments.comparison.window_search import search_windows, searched
from crossover.experiments.comparison.wire_bytes import count_wire_bytes
from crossover.experiments.refinement import FIRST_ROUNDS, refine, soon, tell_standings
from crossover.results.records import End, Plan, Run
from workloads.payload import Payload

CLOSED_LOOP_ROUNDS = 10  # at most, with --rounds auto, if runs at fractions of the rate follow
SWEEP_SECONDS, SWEEP_TASKS = 0.5, 200_000  # of one run with one payload size, at most, without --tasks


def count_runs(plan: Plan) -> int:
    """Return the number of runs, at most."""
    return plan.rounds * len(plan.transports) * max(1, len(plan.payloads)) + count_fraction_runs(plan)


def count_searches(setup: ComparisonSetup) -> int:
    """Return the number of searches for a window, at most."""
    specs = _one_each(_specs(setup), setup) if setup.searches_windows else []
    return len(searched(specs, typed=setup.window_typed))


def count_probes(setup: ComparisonSetup) -> int:
    """Return the number of probes, at most."""
    plan = setup.plan
    known = plan.transports if count_searches(setup) else ()
    return probes.count_probes(_one_each(_specs(setup), setup), plan, known) if _has_probes(plan) else 0


def compare(runner: RoundRunner, setup: ComparisonSetup) -> None:
    """Do all runs and probes of the plan.

    Args:
        runner: measures and keeps the result.
        setup: what to measure.

    Raises:
        KeyboardInterrupt: Ctrl-C; `runner.result` has what was measured.
    """
    plan = setup.plan
    runner.measure_bookkeeping()
    if setup.searches_windows:
        search_windows(runner, _one_each(_specs(setup), setup), setup.task, typed=setup.window_typed)
    if plan.payloads:
        runner.run_rounds(list(_payload_specs(setup)), plan.rounds, _stopping_rule(plan))
        return
    specs = [_repeated(spec, plan) for spec in _specs(setup)]
    rounds = FIRST_ROUNDS if plan.until_apart else plan.rounds
    rounds = rounds if plan.until_within is None or not plan.fractions else min(rounds, CLOSED_LOOP_ROUNDS)
    runner.run_rounds(specs, rounds, _after_round(runner))
    specs = [spec for spec in specs if _finished(spec, runner.result.runs)]
    of_transports = _one_each(specs, setup)
    idle = list(probes.idle_specs(of_transports, plan, plateaus(runner.result))) if _has_probes(plan) else []
    if plan.until_apart:
        refine(runner, specs, left=probes.IDLE_TAKES if idle else 0.0)
    _run_idle(runner, idle)
    if plan.until_apart:
        _run_idle_again(runner, idle)
    for spec in of_transports if _has_probes(plan) and not plan.once else ():
        if _in_time(runner, "bytes on the wire were not counted"):
            count_wire_bytes(runner, spec)
    if plan.check:
        check_specs = list(probes.break_even_specs(of_transports, runner.result))
        runner.run_rounds(check_specs, min(plan.rounds, probes.CHECK_ROUNDS), in_order=True)
    if plan.fractions:
        runner.run_rounds(list(fraction_specs(specs, plan, runner.result.runs)), fraction_rounds(plan))


def _run_idle(runner: RoundRunner, specs: Sequence[RunSpec]) -> None:
    """Measure tasks that do nothing; where an answer is due soon, once, and again when there is time left."""
    plan = runner.result.plan
    if specs and _in_time(runner, "what transports cost by themselves, and break-even times, were not measured"):
        runner.run_rounds(specs, 1 if plan.until_apart else probes.idle_rounds(plan))


def _run_idle_again(runner: RoundRunner, specs: Sequence[RunSpec]) -> None:
    """Measure those that start quickly once more, if there is time for all of them: rounds are interleaved."""
    took = {spec.title: sum(runner.seconds.get(spec.title, ())) for spec in specs}
    quick = [spec for spec in specs if took[spec.title] < probes.LONG_START]
    if time.monotonic() + sum(took[spec.title] for spec in quick) < soon(runner):
        runner.run_rounds(quick, probes.SOON_ROUNDS, first=2)


def _in_time(runner: RoundRunner, otherwise: str) -> bool:
    """Return whether there is time for a side question; if not, it is noted what was left out."""
    if not runner.result.plan.until_apart or time.monotonic() < soon(runner):
        return True
    if otherwise not in runner.left_out:
        runner.left_out.append(otherwise)
    return False


def _has_probes(plan: Plan) -> bool:
    """Return whether each transport's overhead is measured too; with a backlog or at a rate it would say nothing."""
    return not (plan.payloads or plan.backlog or plan.rate)


def _finished(spec: RunSpec, runs: Sequence[Run]) -> bool:
    """Return whether every run of a transport finished; if one broke, more runs would show nothing new."""
    own = [run for run in runs if run.transport == spec.label]
    return bool(own) and all(run.ending == End.FINISHED for run in own)


def _specs(setup: ComparisonSetup) -> list[RunSpec]:
    """Return one spec for each transport."""
    return [
        RunSpec(label, address, setup.workload_of(label), _load(setup, label, address))
        for label, address in setup.addresses.items()
    ]


def _repeated(spec: RunSpec, plan: Plan) -> RunSpec:
    """Return a spec whose tasks are repeated until a run is long enough, where the plan says so."""
    if plan.least_seconds is None:
        return spec
    load = spec.load._replace(tasks=most_repeated(plan), seconds=plan.least_seconds, distinct=plan.tasks)
    return spec._replace(load=load)


def _load(setup: ComparisonSetup, label: str, address: Address) -> Load:
    """Return the load of a transport; with another number of workers than the usual one, as large a window for each."""
    plan, workers = setup.plan, address.workers or setup.plan.workers
    window = plan.window_of(label)
    if workers != plan.workers and label not in plan.windows and not setup.window_typed:
        window = default_window(workers, plan.batch, plan.payload_bytes)
    return Load(plan.tasks, workers, plan.batch, window, rate=plan.rate, backlog=plan.backlog, warm_up=not plan.once)


def _one_each(specs: Sequence[RunSpec], setup: ComparisonSetup) -> list[RunSpec]:
    """Return the specs without those of another version: what a transport costs does not depend on that.

    Nor does it depend on the number of workers: of several rows of a transport, the usual number is taken.
    """
    usual = {spec.address.name for spec in specs if not spec.address.workers}
    return [
        spec
        for spec in specs
        if spec.label not in setup.versions and not (spec.address.workers and spec.address.name in usual)
    ]


def _after_round(runner: RoundRunner) -> Callable[[Sequence[Run]], bool]:
    """Return what is done after each round: where each transport stands is told, and whether the rounds are enough."""
    enough = _stopping_rule(runner.result.plan)

    def after(runs: Sequence[Run]) -> bool:
        if len(runner.result.plan.transports) > 1 and not runner.result.plan.rate:
            tell_standings(runner)
        return enough(runs)

    return after


def _stopping_rule(plan: Plan) -> Callable[[Sequence[Run]], bool]:
    """Return what decides after each round whether the figures are precise enough."""
    within = plan.until_within
    return lambda runs: within is not None and is_precise_enough(runs, within)


def _payload_specs(setup: ComparisonSetup) -> Iterator[RunSpec]:
    """Return one spec for each payload size and transport."""
    plan = setup.plan
    for size in plan.payloads:
        workload = Payload(size, plan.seed)
        for label, address in setup.addresses.items():
            window = plan.window_of(label)
            if not setup.window_typed:
                window = bounded_window(window, plan.workers, plan.batch, size)
            load = Load(plan.tasks, plan.workers, plan.batch, window)
            if not setup.tasks_typed:
                load = load._replace(tasks=SWEEP_TASKS, seconds=SWEEP_SECONDS)
            yield RunSpec(label, address, workload, load)
