"""Whether the memory of workers and producer stays flat: resident memory after a tenth of the tasks, and at the end.

    python benchmarks/memory.py [TRANSPORT...] [--tasks N] [--batch N]

Target: all workers together grow by less than 4 bytes a task. (The producer notes each task: docs/decisions/0004.)
"""

from __future__ import annotations

import argparse
import sys

import psutil

from crossover.contract.registry import TRANSPORTS, load, parse
from crossover.contract.safety import Safety
from crossover.execution.load.load import Load
from crossover.execution.measure import measure
from crossover.execution.producer.protocol import Ready
from workloads.noop import Noop

WORKERS = 2
GROWTH = 4  # bytes a task, of all workers together: an allocator is never quite still


def growth(name: str, tasks: int, batch: int) -> float:
    """Run that many tasks, print the memory of the workers, and return by how many bytes a task it has grown."""
    transport = parse(name).create(Safety.DEFAULT)
    seen: list[int] = []
    processes: list[psutil.Process] = []

    def remember(ready: Ready) -> None:
        processes.extend(map(psutil.Process, ready.processes["workers"]))

    def look(settled: int) -> None:
        if settled > tasks / 10:
            seen.append(sum(process.memory_info().rss for process in processes))

    load = Load(tasks, WORKERS, batch, 16 * WORKERS * batch)
    ending = measure(transport, Noop(), load, look, on_ready=remember).ending
    grown = (max(seen) - seen[0]) / tasks
    print(
        f"{name:15} {tasks:,} tasks, batch {batch}: workers {seen[0] / 2**20:.1f} MiB, at most {max(seen) / 2**20:.1f} "
        f"MiB later: {grown:.1f} bytes a task ({ending})" + ("" if grown < GROWTH else "  GROWS"),
        flush=True,
    )
    return grown


def main() -> int:
    """Look at what was asked for; 1 where something grows."""
    through_brokers = [name for name in TRANSPORTS if load(name).traits.server]
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("transports", nargs="*", default=through_brokers, metavar="TRANSPORT")
    parser.add_argument("--tasks", type=int, default=1_000_000)
    parser.add_argument("--batch", type=int, default=10)
    asked = parser.parse_args()
    found = [growth(name, asked.tasks, asked.batch) for name in asked.transports]
    return 0 if max(found) < GROWTH else 1


if __name__ == "__main__":
    sys.exit(main())
