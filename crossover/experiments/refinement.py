"""Further rounds for the transports that may still be the fastest of their group, until they are told apart."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Sequence

from crossover.analysis.conclusions import conclude
from crossover.analysis.statistics.undecided import far_behind, undecided
from crossover.experiments.comparison.planning.request import USUAL_ROUNDS
from crossover.experiments.comparison.rounds import RoundRunner
from crossover.experiments.comparison.run_spec import RunSpec
from crossover.results.conclusions.findings import Standing, Summary

FIRST_ROUNDS = 2  # of all
SOON = 105.0  # seconds for everything, without a time limit; what is then still to be shown takes a moment
NOT_PROVEN = "not proven yet"
LITTLE_TIME = 20.0  # seconds for the usual rounds of all: then all have them


def refine(runner: RoundRunner, specs: Sequence[RunSpec], left: float = 0.0) -> None:
    """Measure further rounds until the fastest of each group is told apart from the others, or time is up.

    Args:
        runner: has measured the first rounds of these specs.
        specs: one for each transport.
        left: seconds that are left for what follows.

    Raises:
        KeyboardInterrupt: Ctrl-C.
    """
    for number in range(FIRST_ROUNDS + 1, runner.result.plan.rounds + 1):
        chosen = specs
        if number > USUAL_ROUNDS or (USUAL_ROUNDS - FIRST_ROUNDS) * _seconds(runner, specs) > LITTLE_TIME:
            open_ = _undecided(runner) - far_behind(runner.result.runs)
            chosen = [spec for spec in specs if spec.label in open_]
        if not chosen or time.monotonic() + _seconds(runner, chosen) > soon(runner) - left:
            return
        runner.run_rounds(chosen, number, first=number)
        tell_standings(runner)


def tell_standings(runner: RoundRunner) -> None:
    """Tell the progress where each transport stands after a round."""
    result = conclude(runner.result)
    open_ = undecided(result.summary, _rounds(runner))
    runner.progress.stands(
        {one.transport: standing_words(one, proven=one.transport not in open_) for one in result.summary}
    )


def standing_words(one: Summary, *, proven: bool) -> str:
    """Return where a transport stands so far, in a few words.

    Args:
        one: its summary.
        proven: whether no further rounds are needed to say so.
    """
    if one.standing in {Standing.CLOSE, Standing.UNPROVEN} or not proven:
        return "leads its group" if one.standing is Standing.FASTEST else NOT_PROVEN
    if one.standing is Standing.SLOWER and one.to_fastest is not None:
        return f"{one.to_fastest.ratio - 1:+.0%}"
    return str(one.standing)


def soon(runner: RoundRunner) -> float:
    """Return when the answer is due, in seconds of the monotonic clock: a time limit that was typed may be later."""
    return runner.began + SOON if math.isinf(runner.deadline) else runner.deadline


def _undecided(runner: RoundRunner) -> set[str]:
    return undecided(conclude(runner.result).summary, _rounds(runner))


def _rounds(runner: RoundRunner) -> dict[str, int]:
    """Return label → how many rounds it has."""
    return Counter(run.transport for run in runner.result.runs)


def _seconds(runner: RoundRunner, specs: Sequence[RunSpec]) -> float:
    """Return how long one round of these takes."""
    return sum(max(runner.seconds.get(spec.title, [0.0])) for spec in specs)
