"""The throughput of each safety level, with tasks that do nothing, next to what is lost when a worker is killed."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from crossover.contract.errors import UnusableError
from crossover.contract.registry import Address
from crossover.contract.safety import Safety
from crossover.execution.faults.catalogue import FAULTS
from crossover.execution.load.load import Load
from crossover.execution.measure import Observation, measure
from crossover.experiments.safety.cells import levels_of
from crossover.progress.progress import Progress, Step
from crossover.results.records import End
from crossover.results.safety import SafetyCost, SafetyPlan, SafetyResult
from crossover.workers import interruption
from workloads.noop import Noop

FEWEST_TASKS, MOST_TASKS = 500, 50_000  # of a run; the first run decides how many the others have
SECONDS = 0.5  # that a run should take
WINDOW = 64
KILL = "kill-worker-busy"


class _Row(NamedTuple):
    """A transport at a level."""

    label: str
    address: Address
    level: Safety

    @property
    def title(self) -> str:
        return f"{self.label} {self.level}"


def planned_runs(plan: SafetyPlan, addresses: Mapping[str, Address], rounds: int) -> int:
    """Return how many runs there will be, at most."""
    return len(_rows(plan, addresses)) * (rounds + 1)


def measure_levels(
    result: SafetyResult, addresses: Mapping[str, Address], progress: Progress, rounds: int
) -> list[SafetyCost]:
    """Measure the throughput of each transport at each level; rounds are interleaved.

    Args:
        result: with what was lost.
        addresses: label → transport.
        progress: receives the events.
        rounds: how often each is measured.

    Raises:
        KeyboardInterrupt: Ctrl-C.
    """
    rows = _rows(result.plan, addresses)
    rates: dict[str, list[float]] = {row.title: [] for row in rows}
    tasks = dict.fromkeys(rates, FEWEST_TASKS)
    for number in range(rounds + 1):  # one more, since the first run of a fast transport is too short
        for row in rows:
            interruption.raise_if_requested()
            if len(rates[row.title]) == rounds:
                continue
            step = Step(row.title, number + 1, rounds + 1, tasks[row.title], row.title, rounds + 1)
            progress.start(step)
            observation = _measure(row, Load(tasks[row.title], result.plan.workers, 1, WINDOW), step, progress)
            if observation is None:
                continue
            history = observation.history
            rate = history.settled / history.seconds if history.seconds else 0.0
            progress.finish(step, f"{rate:,.0f} tasks/s", rate)
            if number or history.seconds > SECONDS / 2:
                rates[row.title].append(rate)
            tasks[row.title] = max(FEWEST_TASKS, min(MOST_TASKS, int(rate * SECONDS)))
    return [_record(result, row, rates[row.title]) for row in rows if rates[row.title]]


def _measure(row: _Row, load: Load, step: Step, progress: Progress) -> Observation | None:
    """Measure one run; None if it did not finish, which the progress reports."""
    try:
        observation = measure(row.address.create(row.level), Noop(), load, progress.advance, on_phase=progress.enter)
    except UnusableError as error:
        progress.skip(step, str(error), in_result=False)
        return None
    if observation.interrupted:
        raise KeyboardInterrupt
    if observation.ending.end is not End.FINISHED:
        progress.skip(step, str(observation.ending), in_result=False)
        return None
    return observation


def _rows(plan: SafetyPlan, addresses: Mapping[str, Address]) -> list[_Row]:
    """Return what is measured: every level of which it is known what is lost when a worker is killed."""
    return [
        _Row(label, address, level)
        for label, address in addresses.items()
        for level in levels_of(address, plan.levels)
        if level not in plan.refused.get(label, {})
        and KILL in plan.faults
        and FAULTS[KILL].why_not(address.traits) is None
    ]


def _record(result: SafetyResult, row: _Row, rates: Sequence[float]) -> SafetyCost:
    killed = [
        run for run in result.runs if (run.transport, run.safety, run.fault) == (row.label, row.level.value, KILL)
    ]
    return SafetyCost(
        transport=row.label,
        safety=row.level,
        throughput=statistics.median(rates),
        lost=sum(run.delivery.lost for run in killed),
        duplicated=sum(run.delivery.duplicated for run in killed),
        accepted=sum(run.delivery.accepted for run in killed),
    )
