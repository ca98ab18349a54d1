"""How much slower each transport is than the one that it is compared with, from rounds in which both ran."""

from __future__ import annotations

from crossover.analysis.run_selection import RunsByLabel
from crossover.analysis.statistics.paired import paired_ratio, sound_rounds
from crossover.analysis.trust.warnings import is_short
from crossover.results.conclusions.findings import Pair
from crossover.results.records import ENOUGH_ROUNDS, Plan


def pairs(plan: Plan, runs: RunsByLabel) -> list[Pair]:
    """Return one pair for each label of the plan that is compared with another.

    The intervals are as wide as the number of pairs demands: of equals, chance alone then rarely calls any of them
    different. Bonferroni's, and not Holm's: a gate asks by how much each is slower, not only whether it is.

    Args:
        plan: of the comparison.
        runs: label → its runs.
    """
    count = len(plan.compared_with)
    return [_pair(label, base, plan.gate, runs, count) for label, base in plan.compared_with.items()]


def _pair(label: str, base: str, gate: float | None, runs: RunsByLabel, comparisons: int) -> Pair:
    before, now = sound_rounds(runs.get(base, ())), sound_rounds(runs.get(label, ()))
    rounds = len(before.keys() & now.keys())
    found = paired_ratio(before, now, comparisons=comparisons)
    if found is None:
        return Pair(label, base, rounds)
    slower, low, high = 1 - found.ratio, 1 - found.high, 1 - found.low
    short = any(is_short(run) for one in (base, label) for run in runs[one])  # noise is in the interval
    proven = rounds >= ENOUGH_ROUNDS and not short
    breached = gate is not None and proven and low > gate
    return Pair(label, base, rounds, slower, low, high, breached)
