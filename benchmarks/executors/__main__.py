"""Executors beside each other: what a submitted call costs, over ours and over those that others use.

    .venv/bin/pip install --require-hashes --target .venv/peers -r benchmarks/executors/requirements.txt
    python benchmarks/executors [--rounds N] [--way NAME]... [--kills] [--memory N]

All have two workers, which stay, and a process of their own that submits. Each round takes all of them in random order,
so that a noisy neighbour disturbs all. Times and CPU times of a call are medians over the rounds. A ratio is how many
times as much the best peer took: of the time, in the same round (median, quartiles); of the CPU time, of the medians.
Target: 2, for a no-op of which many are submitted at once, for each of ours. --kills: 10,000 calls of which 50 kill a
worker. --memory: so many futures, of which 1,000 are submitted at a time; memory stays flat.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys

from endurance import kills, memory
from side_process import WAYS, Cost, SideProcess
from sides import PEERS, missing, ours

TARGET = 2.0
Costs = dict[str, list[Cost]]


def measure(sides: dict[str, SideProcess], ways: list[str], rounds: int) -> dict[str, Costs]:
    """Return way → side → what a call has cost in each round."""
    costs: dict[str, Costs] = {way: {name: [] for name in sides} for way in ways}
    for turn in range(rounds + 1):  # the first one warms up
        for way in ways:
            for name in random.sample([*sides], len(sides)):
                cost = sides[name].go(way)
                if turn:
                    costs[way][name].append(cost)
    return costs


def show(way: str, costs: Costs, own: list[str]) -> float:
    """Print what a call has cost one way; return the ratio of the slowest of ours."""
    elapsed = {name: statistics.median(cost.elapsed for cost in found) for name, found in costs.items()}
    cpu = {name: statistics.median(cost.cpu for cost in found) for name, found in costs.items()}
    print(f"{way}: " + ", ".join(f"{name} {1e6 * elapsed[name]:,.0f} µs, CPU {1e6 * cpu[name]:,.0f}" for name in costs))
    peers = [name for name in costs if name not in own]
    best, leanest = min(peers, key=elapsed.__getitem__), min(peers, key=cpu.__getitem__)
    ratios = {}
    for name in own:
        paired = [theirs.elapsed / mine.elapsed for theirs, mine in zip(costs[best], costs[name], strict=True)]
        low, ratios[name], high = statistics.quantiles(paired, n=4) if len(paired) > 1 else paired * 3
        print(
            f"    {name}: {ratios[name]:.2f} × {best} ({low:.2f} to {high:.2f}), "
            f"CPU {cpu[leanest] / cpu[name]:.2f} × {leanest}",
            flush=True,
        )
    return min(ratios.values())


def compare(ways: list[str], rounds: int) -> int:
    """Compare all that are installed; 1 where the target is missed."""
    absent = missing()
    if absent:
        print(f"not installed, and left out: {', '.join(absent)} (see the first lines of this program)")
    own = ours()
    sides = {name: SideProcess(name) for name in [*own, *(name for name in PEERS if name not in absent)]}
    try:
        ratio, *_ = [show(way, costs, own) for way, costs in measure(sides, ways, rounds).items()]
    finally:
        for side in sides.values():
            side.close()
    print(f"ratio {ratio:.2f}, target {TARGET:g}" + ("" if ratio >= TARGET else "  MISSED"))
    return 0 if ratio >= TARGET else 1


def main() -> int:
    """Do what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--way", action="append", choices=WAYS)
    parser.add_argument("--kills", action="store_true")
    parser.add_argument("--memory", type=int, metavar="N")
    asked = parser.parse_args()
    if asked.kills:
        return kills(10_000)
    if asked.memory:
        return memory(asked.memory)
    return compare(asked.way or [*WAYS], asked.rounds)


if __name__ == "__main__":
    sys.exit(main())
