"""Bookkeeping in the producer: bytes a task, and whether the rate stays the same from 10,000 to 5,000,000 tasks.

    python benchmarks/ledger.py [--rounds N]

Targets: at most 48 bytes a task, and the rate at 5,000,000 tasks at least 0.9 of that at 10,000. The transport is
serial, so nearly all the time is bookkeeping; the sizes are run in turn. This process does what a producer process
does, and writes the same record; memory is by how much it grew.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys

from crossover.contract.registry import parse
from crossover.contract.safety import Safety
from crossover.execution.load.closed_loop import ClosedLoop
from crossover.recording.shared_history import SharedHistory
from workloads.noop import Noop

SIZES = (10_000, 100_000, 1_000_000, 5_000_000)
MOST_BYTES = 48
TARGET = 0.9


def run(tasks: int) -> float:
    """Run so many tasks, one in a batch, and return tasks/s."""
    with parse("serial").create(Safety.DEFAULT) as transport:
        transport.start(Noop(), 1)
        history = SharedHistory(tasks, 1)
        ClosedLoop(transport, Noop(), history, 32).run()
        history.file.close()
        return tasks / history.seconds


def peak() -> int:
    """Return this process's peak memory in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> int:
    """Measure; 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    run(SIZES[0])
    before = peak()
    rates: dict[int, list[float]] = {size: [] for size in SIZES}
    for _ in range(rounds):
        for size in SIZES:
            repeats = max(1, SIZES[2] // size // 10)  # short runs are repeated, or noise decides
            rates[size].append(statistics.median(run(size) for _ in range(repeats)))
    bytes_a_task = (peak() - before) / SIZES[-1]
    medians = {size: statistics.median(found) for size, found in rates.items()}
    for size, rate in medians.items():
        print(f"{size:>9,} tasks  {rate:>9,.0f}/s  ratio {rate / medians[SIZES[0]]:.2f}")
    print(f"{bytes_a_task:.1f} bytes a task")
    flat = min(medians.values()) / medians[SIZES[0]] >= TARGET
    return 0 if flat and bytes_a_task <= MOST_BYTES else 1


if __name__ == "__main__":
    sys.exit(main())
