"""What `advise` recommends: of the transports that are alike, the simplest one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from crossover.analysis.answer.choices import choice_of
from crossover.analysis.run_selection import RunsByLabel
from crossover.analysis.statistics.paired import SURE, paired_ratio, sound_rounds, told_apart
from crossover.results.advice import WORTH, Advice, Trial
from crossover.results.conclusions.answer import Choice
from crossover.results.conclusions.findings import Summary
from crossover.results.records import Run

SIMPLE = ("serial", "threads", "executor", "pool", "queue", "pipe", "shared-memory", "redis-stream", "rabbitmq")
"""Transports, the simplest one first."""


def advise(advice: Advice, summary: Sequence[Summary], runs: RunsByLabel) -> Advice:
    """Return advice with what it recommends.

    Args:
        advice: with what was tried.
        summary: of the last rounds.
        runs: label → its runs in the last rounds.
    """
    trials = {one.label: one for one in advice.trials if one.label}
    sides: dict[bool, list[Summary]] = {False: [], True: []}
    for one in summary:
        rounds = runs.get(one.transport, ())
        if one.transport in trials and rounds and one.throughput and not _loses(rounds):
            sides[rounds[0].guarantee.crosses_machines].append(one)
    local, safe = (_choice(side, trials, runs) for side in sides.values())
    price = None
    if local and safe:
        price = paired_ratio(_figures(runs[local.transport]), _figures(runs[safe.transport]))
    rounds_done = max((run.round for own in runs.values() for run in own), default=0)
    return replace(advice, local=local, safe=safe, price=price, rounds=rounds_done)


def _choice(side: Sequence[Summary], trials: Mapping[str, Trial], runs: RunsByLabel) -> Choice | None:
    """Return the recommendation of one side: the simplest of those that do at least 95% of the best."""
    if not side:
        return None
    best = max(side, key=lambda one: one.throughput)
    near = [one for one in side if one.throughput >= WORTH * best.throughput]
    found = min(near, key=lambda one: _simplicity(trials[one.transport]))
    own = _figures(runs[found.transport])
    others = [one.transport for one in side if one is not found]
    ratios = {label: paired_ratio(own, _figures(runs[label]), SURE, len(others)) for label in others}
    alike = [label for label in others if not told_apart(ratios[label])]
    return choice_of(found, trials[found.transport].workers, alike)


def _simplicity(trial: Trial) -> tuple[int, int, int]:
    place = SIMPLE.index(trial.name) if trial.name in SIMPLE else len(SIMPLE)
    return place, trial.workers, trial.batch


def _figures(runs: Sequence[Run]) -> Mapping[int, float]:
    """Return round → throughput; where tasks fail through every transport, of all rounds."""
    return sound_rounds(runs) or {run.round: run.throughput for run in runs if run.throughput}


def _loses(runs: Sequence[Run]) -> bool:
    return any(run.delivery.lost or run.delivery.corrupted or run.hung for run in runs)
