"""What journals cost: tasks/s with them over tasks/s without, with tasks of 1 ms.

    python benchmarks/journal.py [--rounds N] [TRANSPORT]...

Target: at least 0.9. Both sides run in turn. The second line is for tasks that do nothing, which shows the price of one
task's two records.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile

from crossover.contract.registry import parse
from crossover.contract.safety import Safety
from crossover.execution.load.load import Load
from crossover.execution.measure import measure
from crossover.recording.journals.journal import FOLDER
from workloads.base import Workload
from workloads.noop import Noop
from workloads.sleep import Sleep

TARGET = 0.9
MILLISECOND = 0.001


def rate(url: str, workload: Workload, tasks: int, folder: str | None) -> float:
    """Run so many tasks, with journals in a folder or without, and return tasks/s."""
    os.environ.pop(FOLDER, None)
    if folder is not None:
        os.environ[FOLDER] = folder
    history = measure(parse(url).create(Safety.DEFAULT), workload, Load(tasks, 2, 1, 32), lambda _: None).history
    return tasks / history.seconds


def main() -> int:
    """Measure; 1 where the target is missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("transports", nargs="*", default=["queue", "pipe", "pool"])
    asked = parser.parse_args()
    met = True
    for url in asked.transports:
        for workload, tasks in ((Sleep(MILLISECOND), 2_000), (Noop(), 20_000)):
            without, having = [], []
            for _ in range(asked.rounds):
                without.append(rate(url, workload, tasks, None))
                with tempfile.TemporaryDirectory() as folder:
                    having.append(rate(url, workload, tasks, folder))
            ratio = statistics.median(having) / statistics.median(without)
            price = (1 / statistics.median(having) - 1 / statistics.median(without)) * 1e6
            what = "tasks of 1 ms" if isinstance(workload, Sleep) else "tasks that do nothing"
            print(f"{url:<14} {what:<22} ratio {ratio:.2f}  ({price:+.1f} µs a task)", flush=True)
            met &= ratio >= TARGET or not isinstance(workload, Sleep)
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(main())
