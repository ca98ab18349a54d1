"""How long `crossover --help` takes, next to a bare click program with as many commands.

    python benchmarks/startup.py [--rounds N]

Target: at most 1.5 times. The two are run in turn; the ratio is that of the medians.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time

TARGET = 1.5
BARE = """
import click
@click.group()
@click.version_option("1")
def cli(): "A bare program."
@cli.command()
def one(): "The first."
@cli.command()
def two(): "The second."
cli()
"""
SIDES = {
    "bare click": [sys.executable, "-c", BARE, "--help"],
    "crossover": [sys.executable, "-c", "from crossover.cli.main import main; main()", "--help"],
}


def seconds(command: list[str]) -> float:
    """Run a command and return how long it took."""
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def main() -> int:
    """Measure both sides in turn; 1 where the target is missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=21)
    rounds = parser.parse_args().rounds
    taken: dict[str, list[float]] = {name: [] for name in SIDES}
    for _ in range(rounds):
        for name, command in SIDES.items():
            taken[name].append(seconds(command))
    medians = {name: statistics.median(times) for name, times in taken.items()}
    ratio = medians["crossover"] / medians["bare click"]
    print(
        f"--help  {', '.join(f'{name} {1000 * median:.0f} ms' for name, median in medians.items())}  ratio {ratio:.2f}"
    )
    return 0 if ratio <= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
