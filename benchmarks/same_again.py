"""Whether `crossover diff` finds a difference where there is none: the same command several times, each pair compared.

    python benchmarks/same_again.py [TRANSPORT...] [-W WORKLOAD] [--commands 4] [--times 1] [--threshold 10%] [--keep D]

Target: nothing is breached in 100 of 100 times four commands; a command takes about a minute. With `--keep` the result
files stay, and those of earlier times in that folder are compared, too.
"""

from __future__ import annotations

import argparse
import itertools
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from crossover.analysis.differences.difference import difference
from crossover.cli.parameter_types import DEFAULT_THRESHOLD, Fraction
from crossover.report.formats import result_reader

USUAL = ("serial", "threads", "queue", "pipe")


def main() -> int:
    """Measure, compare and print; return 1 where something is breached."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("transports", nargs="*", default=USUAL)
    parser.add_argument("-W", "--workload", default="files")
    parser.add_argument("--commands", type=int, default=4)
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--threshold", default=DEFAULT_THRESHOLD)
    parser.add_argument("--keep")
    asked = parser.parse_args()
    breached = 0
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(asked.keep or folder)
        kept.mkdir(exist_ok=True)
        for time in range(asked.times):
            files = [kept / f"{asked.workload}-{time}-{number}.json" for number in range(asked.commands)]
            for file in files:
                if not file.exists():
                    words = ["compare", *asked.transports, "-W", asked.workload, "--json", str(file), "-q"]
                    subprocess.run([sys.executable, "-m", "crossover", *words], check=True, stdout=subprocess.DEVNULL)
            breached += _compare(files, Fraction()(asked.threshold))
    print(f"{breached} of {asked.times} times something was breached")
    return int(breached > 0)


def _compare(files: list[Path], threshold: float) -> bool:
    """Compare each result with each later one, both ways round; print what was found."""
    results = [result_reader.read(str(file)) for file in files]
    found = [difference(base, new, threshold) for base, new in itertools.permutations(results, 2)]
    counts = Counter(str(case.change) for one in found for case in one.changes)
    worst = max((case.low for one in found for case in one.changes if case.low is not None), default=0.0)
    print(
        ", ".join(f"{count} {change}" for change, count in counts.items()), f"(slower by at least {worst:.1%} at most)"
    )
    return any(one.breached for one in found)


if __name__ == "__main__":
    sys.exit(main())
