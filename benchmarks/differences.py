"""How often a difference is called that is none, and how often one that is planted is found, on simulated transports.

    python benchmarks/differences.py [--tables N]

Targets: of 100 tables of equal transports at most 5 call any difference, with 2 and with 13 of them; a transport that
is 5% slower is found in 90 of 100 with 10 rounds, one that is 10% slower in 95 of 100 with 5 rounds.

A simulated round is lognormal: what all transports of a round share drifts slowly, each run adds noise of its own, and
one run in 200 is held up and loses 5 to 35%. "noise" is the standard deviation of the ratio of two runs in one round;
the targets hold up to 3% with 2 transports, and the table shows what else can be found.
"""

from __future__ import annotations

import argparse
import math
import random
import statistics
import sys
from collections.abc import Sequence

from crossover.analysis.statistics.against_fastest import compare_with_fastest

DRIFT = 0.05  # standard deviation of the step from one round to the next, which all transports share
HELD_UP, LOSS = 1 / 200, (0.05, 0.35)  # how many runs are held up, and what they lose
NOISE = (0.01, 0.02, 0.03, 0.05, 0.10)  # of the ratio of two runs in one round
AIMED = 0.03  # noise up to which the targets hold
CALLED = 0.05  # of the tables of equal transports, at most
TARGETS = {(2, 10, 0.05): 0.90, (2, 5, 0.10): 0.95}  # transports, rounds, slower by → how often that is found


def table(draw: random.Random, slower: Sequence[float], rounds: int, noise: Sequence[float]) -> list[dict[int, float]]:
    """Return the throughputs of simulated transports, round → tasks/s.

    Args:
        draw: what makes it random.
        slower: of each transport, as a part.
        rounds: how many.
        noise: of each transport's runs, a standard deviation of logarithms.
    """
    found: list[dict[int, float]] = [{} for _ in slower]
    shared = math.log(50_000)
    for number in range(1, rounds + 1):
        shared += draw.gauss(0, DRIFT)
        for one, part, own in zip(found, slower, noise, strict=True):
            lost = draw.uniform(*LOSS) if draw.random() < HELD_UP else 0.0
            one[number] = math.exp(shared + draw.gauss(0, own)) * (1 - part) * (1 - lost)
    return found


def called(figures: Sequence[dict[int, float]]) -> set[int]:
    """Return which transports of a table are called slower than the fastest, by their places."""
    rounds = {str(place): one for place, one in enumerate(figures)}
    by_median = sorted(rounds, key=lambda label: -statistics.median(rounds[label].values()))
    _, ratios = compare_with_fastest([by_median], rounds)
    return {int(label) for label, ratio in ratios.items() if ratio.differs}


def share(tables: int, transports: int, rounds: int, slower: float, noise: float, seed: int = 0) -> float:
    """Return in which share of tables the last transport is found, which is slower; of equal ones: any is called."""
    draw = random.Random(f"{seed} {transports} {rounds} {slower} {noise}")  # noqa: S311 - a simulation, no secrets
    parts = [*[0.0] * (transports - 1), slower]
    own = [noise / math.sqrt(2)] * transports
    found = (called(table(draw, parts, rounds, own)) for _ in range(tables))
    return sum(transports - 1 in places if slower else bool(places) for places in found) / tables


def main() -> int:
    """Print the table; 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tables", type=int, default=1_000)
    tables = parser.parse_args().tables
    missed = False
    print("transports  rounds  slower   " + "  ".join(f"noise {noise:4.0%}" for noise in NOISE))
    for transports in (2, 13):
        for rounds in (4, 5, 10, 20):
            for slower in (0.0, 0.05, 0.10, 0.25):
                found = [share(tables, transports, rounds, slower, noise) for noise in NOISE]
                target = TARGETS.get((transports, rounds, slower), 0.0)
                fails = [
                    noise
                    for noise, part in zip(NOISE, found, strict=True)
                    if (part > CALLED if not slower else noise <= AIMED and part < target)
                ]
                missed = missed or bool(fails)
                aim = f"   at least {target:.0%}" if target else "   at most 5%" if not slower else ""
                figures = "  ".join(f"{part:10.1%}" for part in found)
                print(
                    f"{transports:10}  {rounds:6}  {slower:6.0%}   {figures}{aim}{' MISSED' if fails else ''}",
                    flush=True,
                )
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
