"""Executors beside each other: what a submitted call costs, over ours and over those that others use.

    .venv/bin/pip install --require-hashes --target .venv/peers -r benchmarks/executors/requirements.txt
    python benchmarks/executors [--rounds N] [--kills] [--memory N]

All have two workers, which stay. Each round takes all of them in random order, so that a noisy neighbour disturbs all.
Times are medians over the rounds, per call; a ratio is that of the best peer to ours. Target: 2, for a no-op of which
many are submitted at once. --kills: 10,000 calls of which 50 kill their worker. --memory: so many futures, of which
1,000 are submitted at a time; the memory of this process stays flat.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from endurance import kills, memory

TARGET = 2.0
WORKERS = 2
CHUNK = 64
PEERS_FOLDER = str(Path(__file__).parents[2] / ".venv" / "peers")
sys.path.append(PEERS_FOLDER)
os.environ["PYTHONPATH"] = os.pathsep.join(sys.path)  # loky starts its workers with a command

from calls import millisecond, noop  # noqa: E402 - after the path to the peers is known
from sides import PEERS, Side, missing, ours  # noqa: E402

WAYS: dict[str, tuple[Callable[[Side, int], list[int]], int]] = {
    "no-op, submitted": (lambda side, count: side.submit_all(noop, count), 2_000),
    "no-op, one by one": (lambda side, count: side.one_by_one(noop, count), 500),
    f"no-op, map by {CHUNK}": (lambda side, count: side.map(noop, count, CHUNK), 12_800),
    "1 ms, submitted": (lambda side, count: side.submit_all(millisecond, count), 200),
    f"1 ms, map by {CHUNK}": (lambda side, count: side.map(millisecond, count, CHUNK), 512),
}
"""Way → how a side goes it, and for how many calls."""


def measure(sides: dict[str, Side], rounds: int) -> dict[str, dict[str, float]]:
    """Return way → side → median of the seconds per call."""
    taken: dict[str, dict[str, list[float]]] = {way: {name: [] for name in sides} for way in WAYS}
    for turn in range(rounds + 1):  # the first one warms up
        for way, (go, count) in WAYS.items():
            for name in random.sample([*sides], len(sides)):
                began = time.perf_counter()
                if len(go(sides[name], count)) != count:
                    raise RuntimeError(f"{name} has lost calls")
                if turn:
                    taken[way][name].append((time.perf_counter() - began) / count)
    return {way: {name: statistics.median(times) for name, times in found.items()} for way, found in taken.items()}


def show(medians: dict[str, dict[str, float]], own: list[str]) -> float:
    """Print medians and ratios; return the ratio that has a target."""
    ratios = {}
    for way, found in medians.items():
        print(f"{way}: " + ", ".join(f"{name} {1e6 * seconds:,.0f} µs" for name, seconds in found.items()))
        best = min((name for name in found if name not in own), key=found.__getitem__)
        for name in own:
            ratios[way, name] = found[best] / found[name]
            print(f"    {name}: {ratios[way, name]:.2f} × {best}", flush=True)
    first = next(iter(WAYS))
    return max(ratios[first, name] for name in own)


def compare(rounds: int) -> int:
    """Compare all that are installed; 1 where the target is missed."""
    absent = missing()
    if absent:
        print(f"not installed, and left out: {', '.join(absent)} (see the first lines of this program)")
    own = ours()
    opened = {**own, **{name: peer for name, peer in PEERS.items() if name not in absent}}
    sides = {name: create(WORKERS) for name, create in opened.items()}
    try:
        ratio = show(measure(sides, rounds), [*own])
    finally:
        for side in sides.values():
            side.close()
    print(f"ratio {ratio:.2f}, target {TARGET:g}" + ("" if ratio >= TARGET else "  MISSED"))
    return 0 if ratio >= TARGET else 1


def main() -> int:
    """Do what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--kills", action="store_true")
    parser.add_argument("--memory", type=int, metavar="N")
    asked = parser.parse_args()
    if asked.kills:
        return kills(10_000)
    if asked.memory:
        return memory(asked.memory)
    return compare(asked.rounds)


if __name__ == "__main__":
    sys.exit(main())
