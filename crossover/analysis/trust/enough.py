"""How much work proves something: which runs prove nothing, and the numbers for -n and -r that would do."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence

from crossover.analysis.statistics.student import highest_variance, quantile
from crossover.analysis.trust.drift import without_drift
from crossover.analysis.trust.warnings import LARGEST_SPREAD, is_noisy, is_short
from crossover.analysis.verdict import first_damage
from crossover.results.conclusions.answer import TOO_NOISY, TOO_SHORT, Enough
from crossover.results.records import ENOUGH_ROUNDS, Run

ENOUGH_SECONDS = 1.0  # of a run
MOST_ROUNDS = 50  # that are advised; beyond that, longer runs
LONGEST = 10  # times as long, at most


def unproven(runs: Sequence[Run], figures: Sequence[float]) -> str:
    """Return why the runs of one transport prove nothing, in words; "" if they are long and steady enough.

    Args:
        runs: of the transport.
        figures: their throughput, of `without_drift`.
    """
    if any(is_short(run) for run in runs):
        return TOO_SHORT
    return TOO_NOISY if is_noisy(figures) else ""


def enough(runs: Mapping[str, Sequence[Run]]) -> Enough | None:
    """Return the numbers with which a repetition proves what these runs did not: the largest that any of them needs.

    Args:
        runs: label → its runs. Damaged ones need something else than more of them.

    Returns:
        None if the runs are long and steady enough.
    """
    figures = without_drift(runs)
    reasons = {
        label: why
        for label, rounds in runs.items()
        if not first_damage(rounds) and (why := unproven(rounds, figures[label]))
    }
    if not reasons:
        return None
    needed = [_needed(runs[label], figures[label]) for label in reasons]
    return Enough(
        tasks=max(tasks for tasks, _ in needed),
        rounds=max(rounds for _, rounds in needed),
        transports=list(reasons),
        reason=" or ".join(dict.fromkeys(reasons.values())),
    )


def rounds_needed(deviation: float, difference: float, level: float = 0.05) -> int:
    """Return how many rounds tell such a difference from noise.

    The smallest n for which the half width of Student's interval, t s / √n, is not above the difference. s is the upper
    end of what the deviation may be in those n rounds (one-sided 95%): with the deviation itself, half of all
    repetitions would not do (Kupper and Hafner 1989, "How appropriate are popular sample size formulas?").

    Args:
        deviation: standard deviation of a round's figure, or of the ratio of two, as a fraction.
        difference: that is to be told from noise, in the same unit, above 0.
        level: how often the interval may miss, 0 to 1.
    """
    rounds = ENOUGH_ROUNDS
    while rounds < MOST_ROUNDS * LONGEST:
        highest = math.sqrt(highest_variance(deviation**2, rounds, above=True))
        if quantile(1 - level / 2, rounds - 1) * highest / math.sqrt(rounds) <= difference:
            break
        rounds += 1
    return rounds


def _needed(runs: Sequence[Run], figures: Sequence[float]) -> tuple[int, int]:
    """Return the tasks of a run (0: as many as now) and the rounds that one transport needs."""
    mean = statistics.fmean(figures)
    spread = statistics.stdev(figures) / mean if len(figures) > 1 and mean else 0.0
    rounds = rounds_needed(spread, LARGEST_SPREAD) if is_noisy(figures) else 0
    longer = min(LONGEST, rounds / MOST_ROUNDS)  # noise of a round averages out in a longer one, too
    tasks = 0.0
    if any(is_short(run) for run in runs):
        tasks = max(figures) * ENOUGH_SECONDS
    if longer > 1:
        tasks = max(tasks, float(max(run.tasks for run in runs))) * longer
    return _round_up(tasks), max(len(runs), min(rounds, MOST_ROUNDS))


def _round_up(tasks: float) -> int:
    """Return a number that is easily typed: one digit that is not 0, or two if the first is 1."""
    if tasks < 1:
        return 0
    unit: int = 10 ** math.floor(math.log10(tasks))
    unit = unit // 10 if tasks < 2 * unit and unit > 1 else unit  # from 1 to 2, one digit would be coarse
    return unit * math.ceil(tasks / unit)
