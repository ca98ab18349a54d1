"""What a safety level costs: tasks/s with nothing to do, beside what is lost under the same kill."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

from crossover.contract.errors import UnusableError
from crossover.contract.registry import Address
from crossover.contract.safety import Safety
from crossover.execution import interruption
from crossover.execution.load.load import Load
from crossover.execution.measure import measure
from crossover.experiments.safety.matrix import levels_of
from crossover.progress.watcher import Silent, Turn
from crossover.results.records import End
from crossover.results.safety import SafetyCost, SafetyPlan, SafetyResult
from workloads.noop import Noop

FIRST_TASKS, MOST_TASKS = 500, 50_000  # of a run; the first one tells how many the others need
SECONDS = 0.5  # that a run should take
WINDOW = 64
KILL = "kill-worker-busy"


def planned(plan: SafetyPlan, addresses: Mapping[str, Address], rounds: int) -> int:
    """Return how many runs there will be, at most."""
    return len(_rows(plan, addresses)) * (rounds + 1)


def costs(result: SafetyResult, addresses: Mapping[str, Address], watcher: Silent, rounds: int) -> list[SafetyCost]:
    """Measure the throughput of each transport at each level; rounds are interleaved.

    Args:
        result: with what was lost.
        addresses: label → transport.
        watcher: is told what happens.
        rounds: how often.

    Raises:
        KeyboardInterrupt: Ctrl-C.
    """
    rows = _rows(result.plan, addresses)
    rates: dict[tuple[str, Safety], list[float]] = {}
    tasks = dict.fromkeys(((label, level) for label, _, level in rows), FIRST_TASKS)
    for number in range(rounds + 1):
        for label, address, level in rows:
            interruption.raise_if_requested()
            key = label, level
            if len(rates.get(key, ())) == rounds:
                continue
            turn = Turn(f"{label} {level}", number + 1, rounds + 1, tasks[key], f"{label} {level}", rounds + 1)
            watcher.begins(turn)
            load = Load(tasks[key], result.plan.workers, 1, WINDOW)
            try:
                history, _, ending, interrupted, *_ = measure(
                    address.create(level), Noop(), load, watcher.settled, on_phase=watcher.at
                )
            except UnusableError as error:
                watcher.skipped(turn, str(error), said_again=False)
                continue
            if interrupted:
                raise KeyboardInterrupt
            if ending.end is not End.FINISHED:
                watcher.skipped(turn, str(ending), said_again=False)
                continue
            rate = history.settled / history.seconds if history.seconds else 0.0
            watcher.ended(turn, f"{rate:,.0f} tasks/s", rate)
            if number or history.seconds > SECONDS / 2:  # the first one was too short to tell, where it is quick
                rates.setdefault(key, []).append(rate)
            tasks[key] = max(FIRST_TASKS, min(MOST_TASKS, int(rate * SECONDS)))
    return [_cost(result, label, level, rates[label, level]) for label, _, level in rows if (label, level) in rates]


def _rows(plan: SafetyPlan, addresses: Mapping[str, Address]) -> list[tuple[str, Address, Safety]]:
    """Return what is measured: where there is something that was lost, or not, to set beside it."""
    return [
        (label, address, level)
        for label, address in addresses.items()
        for level in levels_of(address, plan.levels)
        if KILL in plan.faults and address.transport.worker_processes
    ]


def _cost(result: SafetyResult, label: str, level: Safety, rates: Sequence[float]) -> SafetyCost:
    runs = [run for run in result.runs if (run.transport, run.safety, run.fault) == (label, level.value, KILL)]
    return SafetyCost(
        transport=label,
        safety=level,
        throughput=statistics.median(rates),
        lost=sum(run.delivery.lost for run in runs),
        duplicated=sum(run.delivery.duplicated for run in runs),
        accepted=sum(run.delivery.accepted for run in runs),
    )
