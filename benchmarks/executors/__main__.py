"""Executors beside each other: what a submitted call costs, over ours and over those that others use.

    .venv/bin/pip install --no-deps --require-hashes --target .venv/peers -r benchmarks/executors/requirements.txt
    python benchmarks/executors [--rounds N] [--way NAME]... [--brokers redis|rabbitmq] [--kills] [--memory N]

All have two workers, which stay, and a process of their own that submits. Each round takes all of them in random order,
so that a noisy neighbour disturbs all. Times and CPU times of a call are medians over the rounds. A ratio is how many
times as much the best peer took: of the time, in the same round (median, quartiles); of the CPU time, of the medians.
Target: 2, for a no-op of which many are submitted at once, for each of ours. --kills: 10,000 calls of which 50 kill a
worker. --memory: so many futures, of which 1,000 are submitted at a time; memory stays flat.

--brokers: ours over one private server beside task queues of others, with their stock settings; each side has as many
calls as it does in about a second, and the CPU time is without that of the server. Target: 5, for a no-op.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys

import over_brokers
from endurance import kills, memory
from side_process import WAYS, Cost, SideProcess
from sides import PEERS, missing, ours

TARGET, BROKER_TARGET = 2.0, 5.0
LONG_ENOUGH = 1.0  # seconds that a side over a broker is measured in each round
FEWEST, MOST = 20, 5_000  # calls that it has then
Costs = dict[str, list[Cost]]


def measure(sides: dict[str, SideProcess], ways: list[str], rounds: int, *, adapts: bool) -> dict[str, Costs]:
    """Return way → side → what a call has cost in each round.

    Args:
        sides: by name.
        ways: to go.
        rounds: that count.
        adapts: whether each side has as many calls as it does in LONG_ENOUGH.
    """
    costs: dict[str, Costs] = {way: {name: [] for name in sides} for way in ways}
    counts = {(way, name): FEWEST if adapts else WAYS[way][1] for way in ways for name in sides}
    for turn in range(-1 - adapts, rounds):  # the first ones warm up
        for way in ways:
            for name in random.sample([*sides], len(sides)):
                cost = sides[name].go(way, counts[way, name])
                if turn >= 0:
                    costs[way][name].append(cost)
                elif adapts:
                    counts[way, name] = max(FEWEST, min(MOST, int(LONG_ENOUGH / cost.elapsed)))
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


def compare(ways: list[str], rounds: int, broker: str) -> int:
    """Compare all that are installed; 1 where the target is missed.

    Args:
        ways: to go; the target is for the first.
        rounds: that count.
        broker: over which; empty: executors of one machine.
    """
    absent = over_brokers.absent(broker) if broker else missing()
    if absent:
        print(f"not installed, and left out: {', '.join(absent)} (see the first lines of this program)")
    if broker:
        over_brokers.start_servers(broker)
    own = [*over_brokers.OURS[broker]] if broker else ours()
    peers = over_brokers.PEERS[broker] if broker else PEERS
    sides = {name: SideProcess(name) for name in [*own, *(name for name in peers if name not in absent)]}
    try:
        ratio, *_ = [show(way, costs, own) for way, costs in measure(sides, ways, rounds, adapts=bool(broker)).items()]
    finally:
        for side in sides.values():
            side.close()
    target = BROKER_TARGET if broker else TARGET
    print(f"ratio {ratio:.2f}, target {target:g}" + ("" if ratio >= target else "  MISSED"))
    return 0 if ratio >= target else 1


def main() -> int:
    """Do what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--way", action="append", choices=WAYS)
    parser.add_argument("--brokers", choices=["redis", "rabbitmq"], default="")
    parser.add_argument("--kills", action="store_true")
    parser.add_argument("--memory", type=int, metavar="N")
    asked = parser.parse_args()
    if asked.kills:
        return kills(10_000)
    if asked.memory:
        return memory(asked.memory)
    ways = asked.way or ([way for way in WAYS if "map" not in way and "one" not in way] if asked.brokers else [*WAYS])
    return compare(ways, asked.rounds, asked.brokers)


if __name__ == "__main__":
    sys.exit(main())
