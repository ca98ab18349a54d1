"""What `crossover run` costs in the long run: memory over ten million lines, and having the output on the disk."""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

HERE = Path(__file__).parent
LINES, FIRST = 10_000_000, 1_000_000
MOST_GROWTH, MOST_COST = 0.05, 0.05
SYNCED_LINES = 5_000
WITHOUT_SYNC = "import os, sys; os.fdatasync = lambda _: None; from crossover.cli.main import main; main()"


def memory() -> bool:
    """Do ten million lines; return whether the command had no more memory at the end than after the first million."""
    with tempfile.TemporaryDirectory() as folder:
        source, output = Path(folder, "in.jsonl"), Path(folder, "out.jsonl")
        with source.open("w") as file:
            file.writelines(f"{number}\n" for number in range(LINES))
        process = subprocess.Popen(_command("noop", source, output), stdout=subprocess.DEVNULL, cwd=folder)
        early = late = 0
        size = 0
        while process.poll() is None:
            time.sleep(0.2)
            size = output.stat().st_size if output.exists() else 0
            try:
                late = psutil.Process(process.pid).memory_info().rss or late
            except psutil.NoSuchProcess:
                break
            if not early and size > FIRST * len('{"line": 1000000, "value": 999999}\n'):
                early = late
        print(f"{LINES:,} lines: {early / 2**20:.1f} MiB after {FIRST:,}, {late / 2**20:.1f} MiB at the end")
        return process.wait() == 0 and late <= early * (1 + MOST_GROWTH)


def syncing(rounds: int) -> bool:
    """Compare with a command whose syncing does nothing, on lines of 1 ms; return whether it costs little."""
    ratios = []
    with tempfile.TemporaryDirectory(dir=Path.home()) as folder:
        source, output = Path(folder, "in.jsonl"), Path(folder, "out.jsonl")
        source.write_text("".join(f"{number}\n" for number in range(SYNCED_LINES)))
        for _ in range(rounds):
            taken = {}
            for way in random.sample(["with", "without"], 2):
                command = _command("millisecond", source, output)
                words = [sys.executable, "-c", WITHOUT_SYNC, *command[3:]] if way == "without" else command
                began = time.perf_counter()
                subprocess.run(words, stdout=subprocess.DEVNULL, cwd=folder, check=True, env={**os.environ})
                taken[way] = time.perf_counter() - began
            ratios.append(taken["with"] / taken["without"])
    cost = statistics.median(ratios) - 1
    print(f"having the output on the disk costs {cost:.1%} with lines of 1 ms ({rounds} rounds)")
    return cost <= MOST_COST


def _command(function: str, source: Path, output: Path) -> list[str]:
    words = [sys.executable, "-m", "crossover.cli.main", "run", f"{HERE / 'work.py'}:{function}", "pool"]
    return [*words, "-i", str(source), "-o", str(output), "-w", "2", "-q", "--force"]
