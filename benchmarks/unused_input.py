"""What items cost that are not used: `crossover compare -n 2000` with an input of 300,000 lines, and of 2,000 lines.

    python benchmarks/unused_input.py [--rounds N]

Target: at most 1.2 times. Each command measures serial and queue once; the two are run in turn, and the ratio is that
of the medians.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TARGET = 1.2
USED, ALL = 2_000, 300_000
FUNCTION = "def run(item): return item['id']\n"
COMMAND = [sys.executable, "-m", "crossover.cli.main", "compare", "serial", "queue", "-W", "mine:run"]


def write(folder: Path) -> dict[int, Path]:
    """Write the function and both inputs, and return number of lines → input."""
    (folder / "mine.py").write_text(FUNCTION)
    inputs = {lines: folder / f"{lines}.jsonl" for lines in (USED, ALL)}
    for lines, path in inputs.items():
        with path.open("w") as file:
            for number in range(lines):
                file.write(
                    json.dumps({"id": number, "url": f"https://example.org/{number}", "tags": ["a", "b"]}) + "\n"
                )
    return inputs


def seconds(folder: Path, source: Path) -> float:
    """Run a command and return how long it took."""
    began = time.perf_counter()
    words = ["-i", str(source), "-n", str(USED), "-r", "1", "-q"]
    subprocess.run([*COMMAND, *words], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def main() -> int:
    """Measure both sides in turn; 1 where the target is missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    taken: dict[int, list[float]] = {USED: [], ALL: []}
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        inputs = write(folder)
        for _ in range(rounds):
            for lines, source in inputs.items():
                taken[lines].append(seconds(folder, source))
    few, many = (statistics.median(taken[lines]) for lines in (USED, ALL))
    print(f"-n {USED:,}  of {USED:,} lines {few:.2f} s, of {ALL:,} lines {many:.2f} s  ratio {many / few:.2f}")
    return 0 if many / few <= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
