"""What our bookkeeping costs: each transport's hand-written loop and ours in turn, and the ratio of the medians.

    python benchmarks/overhead.py [TRANSPORT...] [--rounds N] [--batches 1,256]

Both sides run noop with the same batch, window and workers; ours also times, fingerprints and checks every task.
Target: at least 0.9 everywhere. The rounds are interleaved (theirs, ours, theirs, ours), so that a noisy neighbour
disturbs both sides.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable

import handwritten

from crossover.contract.registry import parse
from crossover.contract.safety import Safety
from crossover.execution.measure import Load, measure
from workloads.noop import Noop

WORKERS = 2
TARGET = 0.9
SECONDS = 0.5  # of each run, roughly
RATES = {1: 10_000, 256: 1_500_000}  # tasks/s by which runs are sized, times the factor of the transport
FACTORS = {"queue": 5, "pipe": 5, "manager": 1, "pool": 3, "executor": 1.5}


def ours(name: str, load: Load) -> float:
    """Return tasks/s of our transport."""
    history = measure(parse(name).create(Safety.DEFAULT), Noop(), load, lambda _: None).history
    return history.tasks / history.seconds


def ratio(name: str, loop: Callable[..., float], batch: int, rounds: int) -> float:
    """Measure both sides in turn, print them, and return ours / theirs."""
    rate = RATES.get(batch, RATES[1] * batch) * FACTORS[name]
    load = Load(int(rate * SECONDS) // batch * batch, WORKERS, batch, 16 * WORKERS * batch)
    theirs, mine = [], []
    for _ in range(rounds):
        theirs.append(loop(load.tasks, load.batch, load.window, load.workers))
        mine.append(ours(name, load))
    found = statistics.median(mine) / statistics.median(theirs)
    pairs = sorted(m / t for m, t in zip(mine, theirs, strict=True))
    print(
        f"{name:10} batch {batch:>3}  hand-written {statistics.median(theirs):>11,.0f}/s  "
        f"ours {statistics.median(mine):>11,.0f}/s  ratio {found:.2f}  (pairs {pairs[0]:.2f} to {pairs[-1]:.2f})"
        + ("" if found >= TARGET else f"  BELOW {TARGET}"),
        flush=True,
    )
    return found


def main() -> int:
    """Measure what was asked for; 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("transports", nargs="*", default=list(handwritten.LOOPS), metavar="TRANSPORT")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--batches", default="1,256")
    asked = parser.parse_args()
    batches = [int(batch) for batch in asked.batches.split(",")]
    found = [
        ratio(name, handwritten.LOOPS[name], batch, asked.rounds) for name in asked.transports for batch in batches
    ]
    return 0 if min(found) >= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
