"""What a producer process costs a run: the same two tasks in this process and in a producer process, in turn.

    python benchmarks/producer_process.py [TRANSPORT...] [--rounds N]

Both sides start the transport, do one task to warm up and one task to measure, and stop. Target: 50 ms a run at most.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time

from crossover.contract.registry import parse
from crossover.contract.safety import Safety
from crossover.execution.load.load import Load, warm_up_load
from crossover.execution.measure import measure
from crossover.recording.history import History
from workloads.noop import Noop

MOST = 50.0  # ms
LOAD = Load(1, 1, 1, 1)
TRANSPORTS = ("serial", "threads", "queue", "pipe")


def here(name: str) -> float:
    """Return the milliseconds of a run whose producer is this process."""
    began = time.perf_counter()
    with parse(name).create(Safety.DEFAULT) as transport:
        transport.start(Noop(), LOAD.workers)
        for load in (warm_up_load(LOAD), LOAD):
            load.loop(transport, Noop(), History(load.tasks, load.batch)).run()
    return (time.perf_counter() - began) * 1e3


def in_a_producer_process(name: str) -> float:
    """Return the milliseconds of a run in a producer process."""
    began = time.perf_counter()
    measure(parse(name).create(Safety.DEFAULT), Noop(), LOAD, lambda _: None)
    return (time.perf_counter() - began) * 1e3


def main() -> int:
    """Measure what was asked for; 1 where the target is missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("transports", nargs="*", default=TRANSPORTS, metavar="TRANSPORT")
    parser.add_argument("--rounds", type=int, default=30)
    asked = parser.parse_args()
    worst = 0.0
    for name in asked.transports:
        in_a_producer_process(name)  # starts the template, which imports the transport
        pairs = [(here(name), in_a_producer_process(name)) for _ in range(asked.rounds)]
        without, with_one = (statistics.median(side) for side in zip(*pairs, strict=True))
        more = statistics.median(theirs - ours for ours, theirs in pairs)
        worst = max(worst, more)
        print(f"{name:12} here {without:6.1f} ms  producer process {with_one:6.1f} ms  more {more:6.1f} ms", flush=True)
    print(f"a producer process costs {worst:.1f} ms a run at most; target: {MOST:g} ms")
    return 0 if worst <= MOST else 1


if __name__ == "__main__":
    sys.exit(main())
