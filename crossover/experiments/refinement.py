"""Further rounds for the transports that may still be the fastest of their group, until they are told apart."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

from crossover.analysis.conclusions import conclude
from crossover.analysis.statistics.undecided import undecided
from crossover.experiments.comparison.request import USUAL_ROUNDS
from crossover.experiments.comparison.rounds import RoundRunner
from crossover.experiments.comparison.run_spec import RunSpec

FIRST_ROUNDS = 2  # of all
SOON = 105.0  # seconds for everything, without a time limit; what is then still to be shown takes a moment
LITTLE_TIME = 20.0  # seconds for the usual rounds of all: then all have them


def refine(runner: RoundRunner, specs: Sequence[RunSpec]) -> None:
    """Measure further rounds until the fastest of each group is told apart from the others, or time is up.

    Args:
        runner: has measured the first rounds of these specs.
        specs: one for each transport.

    Raises:
        KeyboardInterrupt: Ctrl-C.
    """
    for number in range(FIRST_ROUNDS + 1, runner.result.plan.rounds + 1):
        chosen = specs
        if number > USUAL_ROUNDS or (USUAL_ROUNDS - FIRST_ROUNDS) * _seconds(runner, specs) > LITTLE_TIME:
            open_ = _undecided(runner)
            chosen = [spec for spec in specs if spec.label in open_]
        if not chosen or time.monotonic() + _seconds(runner, chosen) > soon(runner):
            return
        runner.run_rounds(chosen, number, first=number)


def soon(runner: RoundRunner) -> float:
    """Return when the answer is due, in seconds of the monotonic clock: a time limit that was typed may be later."""
    return runner.began + SOON if math.isinf(runner.deadline) else runner.deadline


def _undecided(runner: RoundRunner) -> set[str]:
    result = conclude(runner.result)
    rounds: dict[str, int] = {}
    for run in result.runs:
        rounds[run.transport] = rounds.get(run.transport, 0) + 1
    return undecided(result.summary, rounds)


def _seconds(runner: RoundRunner, specs: Sequence[RunSpec]) -> float:
    """Return how long one round of these takes."""
    return sum(max(runner.seconds.get(spec.title, [0.0])) for spec in specs)
