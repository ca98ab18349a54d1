"""Whether `crossover advise` is right: eight tasks, what it recommends, and the best that an exhaustive search finds.

    python benchmarks/advice [TASK...] [--seconds 60] [--rounds 6] [--out FILE] [--quick]

The exhaustive search runs every transport with every number of workers and several sizes of batch, twice; the five best
are then run in turn with what was advised, and the ratio of the medians is the verdict. Target: 0.9. It takes about
eight minutes for a task on two cores, and wants a machine that does nothing else. `--out` writes figures as JSON.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from crossover.contract.errors import UnusableError
from crossover.contract.registry import parse
from crossover.contract.safety import Safety
from crossover.execution.load.load import Load
from crossover.execution.measure import measure
from crossover.experiments.workload import make_workload
from crossover.workers.limits.cpu import usable_cores

TARGET = 0.9
FUNCTIONS = Path(__file__).with_name("tasks.py")
ITEMS = 200
THREADS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024)
PROCESSES = (1, 2, 3, 4, 8, 16, 32, 64, 128)
MOST_TASKS = 300_000
TRANSPORTS = ("serial", "threads", "executor", "pool", "queue", "pipe", "unix-socket", "shared-memory")
QUICK = 12  # settings
BEST = 5  # of the exhaustive search, that are run in turn with the advice
SHORT, LONG = 0.3, 1.0  # seconds of a run
LONG_MESSAGE, LONGEST_MESSAGE = 5e-3, 0.1  # seconds of tasks in a message: few are outstanding; at most


TASKS = {
    "sleep_1ms": 1e-3,
    "sleep_10ms": 1e-2,
    "gil_10us": 1e-5,
    "gil_1ms": 1e-3,
    "no_gil_50ms": 5e-2,
    "large_payload": 1e-3,
    "uneven": 1.2e-3,
    "memory_bound": 2e-2,
}
"""Function in tasks.py → about how many seconds it takes."""
WAIT = {"sleep_1ms", "sleep_10ms"}


class Settings(NamedTuple):
    """A transport with its settings."""

    transport: str
    workers: int
    batch: int


def settings_of(task: str) -> Iterator[Settings]:
    """Yield everything that the exhaustive search tries."""
    seconds = TASKS[task]
    batches = sorted({1, *(batch for batch in (8, 64, 512) if batch * seconds <= LONGEST_MESSAGE)})
    cores = int(usable_cores())
    for name in TRANSPORTS:
        counts = THREADS if name == "threads" else PROCESSES
        if task not in WAIT:
            counts = tuple(count for count in counts if count <= 4 * cores)
        for workers in (1,) if name == "serial" else counts:
            for batch in batches:
                yield Settings(name, workers, batch)


def throughput(task: str, workload: Any, one: Settings, seconds: float) -> float:
    """Return tasks/s of one run; 0 where it does not start."""
    each = TASKS[task] * one.batch
    window = (3 if each >= LONG_MESSAGE else 16) * one.workers * one.batch
    load = Load(MOST_TASKS, one.workers, one.batch, window, seconds=max(seconds, 6 * each))
    try:
        found = measure(parse(one.transport).create(Safety.DEFAULT), workload, load, lambda _: None)
    except UnusableError:
        return 0.0
    return found.history.settled / found.history.seconds if found.history.seconds else 0.0


def advised(task: str, folder: Path, seconds: float) -> tuple[Settings, float]:
    """Return what the command recommends, and how long it took."""
    out = folder / f"{task}.json"
    words = ["advise", f"{FUNCTIONS}:{task}", "-i", str(folder / f"{task}.jsonl"), "-q", "--json", str(out)]
    began = time.monotonic()
    command = [sys.executable, "-m", "crossover", *words, "--time-limit", str(seconds)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    advice = json.loads(out.read_text())["advice"]
    label = advice["local"]["transport"]
    trial = next(one for one in advice["trials"] if one["label"] == label)
    batch = 1 if trial["transport"] == "serial" else trial["batch"]  # a plain loop is advised, which has none
    return Settings(trial["transport"], trial["workers"], batch), time.monotonic() - began


def judge(task: str, folder: Path, seconds: float, rounds: int, *, quick: bool) -> dict[str, Any]:
    """Return what was advised for a task, the best that was found, and the ratio of both."""
    items: list[Any] = list(range(ITEMS))
    if task == "large_payload":
        items = ["x" * 2**19 for _ in range(20)]
    (folder / f"{task}.jsonl").write_text("\n".join(map(json.dumps, items)) + "\n")
    chosen, took = advised(task, folder, seconds)
    workload = make_workload(f"{FUNCTIONS}:{task}", str(folder / f"{task}.jsonl"))
    workload.prepare(MOST_TASKS)
    every = list(settings_of(task))
    every = every[:: max(1, len(every) // QUICK)] if quick else every
    found: dict[Settings, list[float]] = {}
    for number in range(2):  # the second time only what may be the best
        most = max((max(figures) for figures in found.values()), default=0.0)
        for one in every:
            if not number or max(found[one]) >= most / 2:
                found.setdefault(one, []).append(throughput(task, workload, one, SHORT))
    best = sorted(found, key=lambda one: statistics.fmean(found[one]), reverse=True)[:BEST]
    figures: dict[Settings, list[float]] = {one: [] for one in dict.fromkeys([chosen, *best])}
    for _ in range(rounds):
        for one in random.sample(list(figures), len(figures)):
            figures[one].append(throughput(task, workload, one, LONG))
    medians = {one: statistics.median(own) for one, own in figures.items()}
    winner = max(medians, key=medians.__getitem__)
    return {
        "task": task,
        "advised": chosen._asdict(),
        "advised_per_second": medians[chosen],
        "best": winner._asdict(),
        "best_per_second": medians[winner],
        "ratio": statistics.median(a / b for a, b in zip(figures[chosen], figures[winner], strict=True)),
        "tried": len(every),
        "advise_seconds": took,
    }


def main() -> int:
    """Judge the advice, and return 1 if any of it is below the target."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tasks", nargs="*", metavar="TASK", help=f"of {', '.join(TASKS)}; default: all")
    parser.add_argument("--seconds", type=float, default=60.0, help="for the advice")
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--quick", action="store_true", help="try twelve settings instead of all")
    typed = parser.parse_args()
    rows = []
    print(f"{'task':14} {'advised':26} {'tasks/s':>10}  {'best of an exhaustive search':30} {'tasks/s':>10}  ratio")
    with tempfile.TemporaryDirectory() as folder:
        for task in typed.tasks or TASKS:
            try:
                row = judge(task, Path(folder), typed.seconds, typed.rounds, quick=typed.quick)
            except subprocess.CalledProcessError as error:
                rows.append({"task": task, "ratio": 0.0})
                print(f"{task:14} no advice: status {error.returncode} WRONG", flush=True)
                continue
            rows.append(row)
            one, best = ("{transport} {workers} x{batch}".format(**row[key]) for key in ("advised", "best"))
            verdict = "right" if row["ratio"] >= TARGET else "WRONG"
            print(
                f"{task:14} {one:26} {row['advised_per_second']:10,.0f}  {best:30} {row['best_per_second']:10,.0f}  "
                f"{row['ratio']:.2f} {verdict}",
                flush=True,
            )
            if typed.out:
                typed.out.write_text(json.dumps(rows, indent=1) + "\n")
    right = sum(row["ratio"] >= TARGET for row in rows)
    print(f"{right} of {len(rows)} within {1 - TARGET:.0%} of the best")
    return int(right < len(rows))


if __name__ == "__main__":
    sys.exit(main())
