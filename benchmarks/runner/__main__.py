"""`crossover run` beside other ways to do a job on the cores of one machine: whole processes, in rounds.

    python -m venv ../peers && ../peers/bin/pip install --require-hashes -r benchmarks/runner/requirements.txt
    python benchmarks/runner [--rounds N] [--peers ../peers/bin/python] [--lines N] [--celery] [--syncing] [--memory]

Each round takes all in random order; each does the file of many lines, and one of two lines, whose time is its start.
Times are medians. A ratio is the time of the fastest peer, as a multiple of ours. Targets: 0.9 for lines of 1 ms; 1 for
lines that do nothing; ours with its journal. Modules are compiled before, as those of an installed package are.
--celery: over a broker, beside a Celery group of a fiftieth of the lines, which do nothing; target: 5.
--syncing: what it costs to have the output on the disk. --memory: ten million lines, and the memory of the command on
the way.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from brokers_beside import TRANSPORTS, beside_celery
from endurance import memory, syncing
from sides import Command, Task, sides

FEW = 2  # lines of a run that shows what a start takes
TARGETS = {"noop": 1.0, "millisecond": 0.9}
OF_CELERY = 5.0


def seconds(command: Command, task: Task) -> float:
    """Run a command; return what it took.

    Raises:
        RuntimeError: it failed, or has lost lines.
    """
    began = time.perf_counter()
    ended = subprocess.run(
        command(task), capture_output=True, text=True, check=False, cwd=task.output.parent, env={**os.environ}
    )
    took = time.perf_counter() - began
    lines, wanted = (sum(1 for _ in path.open("rb")) for path in (task.output, task.source))
    if ended.returncode or lines != wanted:
        raise RuntimeError(f"{command(task)}: status {ended.returncode}, {lines} of {wanted} lines\n{ended.stderr}")
    return took


def compare(found: Mapping[str, Command], function: str, lines: int, rounds: int, target: float) -> bool:
    """Compare sides on one function, and print it; return whether ours reaches a target."""
    whole: dict[str, list[float]] = {name: [] for name in found}
    after: dict[str, list[float]] = {name: [] for name in found}
    with tempfile.TemporaryDirectory() as folder:
        many, few = (_input(Path(folder), count) for count in (lines, FEW))
        for command in found.values():
            seconds(command, Task(function, few, Path(folder, "out.jsonl")))
        for _ in range(rounds):
            for name in random.sample([*found], len(found)):
                output = Path(folder, "out.jsonl")
                start = seconds(found[name], Task(function, few, output))
                whole[name].append(seconds(found[name], Task(function, many, output)))
                after[name].append(max(1e-9, whole[name][-1] - start))
    print(f"{lines:,} lines of {function}, {rounds} rounds")
    for name in found:
        rate = lines / statistics.median(after[name])
        print(f"    {name}: {statistics.median(whole[name]):.2f} s, {rate:,.0f} lines/s after its start")
    reached = True
    for what, taken in (("whole", whole), ("after the start", after)):
        ratio, own, best = _ratio(taken)
        print(f"    {what}: {own} is {ratio:.2f} × {best}", flush=True)
        reached &= ratio >= target
    return reached


def _ratio(taken: dict[str, list[float]]) -> tuple[float, str, str]:
    """Return the median over the rounds of the fastest peer's time as a multiple of ours, and the names of both."""
    medians = {name: statistics.median(times) for name, times in taken.items()}
    own = min((name for name in medians if name.startswith("run ")), key=medians.__getitem__)
    best = min((name for name in medians if not name.startswith("run ")), key=medians.__getitem__)
    return statistics.median(b / o for b, o in zip(taken[best], taken[own], strict=True)), own, best


def _input(folder: Path, count: int) -> Path:
    path = folder / f"{count}.jsonl"
    path.write_text("".join(f"{number}\n" for number in range(count)))
    return path


def main() -> int:
    """Compare; 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peers", default=sys.executable, help="a Python that has the peers")
    parser.add_argument("--lines", type=int, default=1_000_000, help="that do nothing; a hundredth of them take 1 ms")
    parser.add_argument("--celery", action="store_true")
    parser.add_argument("--syncing", action="store_true")
    parser.add_argument("--memory", action="store_true")
    typed = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if typed.syncing:
        return int(not syncing(typed.rounds))
    if typed.memory:
        return int(not memory())
    reached = []  # all are measured, also after one that is missed
    if typed.celery:
        for transport in TRANSPORTS:
            with beside_celery(transport) as both:
                reached.append(compare(both, "noop", typed.lines // 50, typed.rounds, OF_CELERY))
        return int(not all(reached))
    found, absent = sides(typed.peers)
    if absent:
        print(f"not installed, and not measured: {', '.join(absent)} (see the first lines of this program)")
    counts = {"noop": typed.lines, "millisecond": typed.lines // 100}
    reached = [compare(found, name, count, typed.rounds, TARGETS[name]) for name, count in counts.items()]
    return int(not all(reached))


if __name__ == "__main__":
    sys.exit(main())
