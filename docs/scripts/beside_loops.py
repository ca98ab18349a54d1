"""Both sides of docs/method.md: hand-written loops and crossover in turn, with the window that --window auto chooses.

    python docs/scripts/beside_loops.py [TRANSPORT...] [--rounds N] [--file FILE]

First `crossover compare` searches the window of each transport. Then every round runs both sides of each transport,
in turn, with this window: noop, one task per message, the same workers, the same server. The figures mean something on
an idle machine only. Prints a Markdown table; --file keeps it, for `make pictures`.
"""

from __future__ import annotations

import argparse
import importlib
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from output_blocks import ROOT

import crossover
from crossover.execution.host import host
from crossover.execution.load.load import Load
from crossover.report.formats.markdown import escaped, host_words
from crossover.report.formats.result_reader import read
from crossover.results.comparison import Result

NAMES = ("queue", "pool", "redis-list", "redis-stream", "rabbitmq")
WORKERS, BATCH = 2, 1
SECONDS = 1.0  # of each run, roughly
FEWEST_WINDOWS = 20  # in a run, so that filling and emptying it does not count
TARGET = 0.95
sys.path.append(str(ROOT / "benchmarks"))
overhead = importlib.import_module("overhead")


class Beside(NamedTuple):
    """One transport.

    Attributes:
        name: of the transport.
        window: in tasks, of both sides.
        tasks: of each run.
        theirs, ours: tasks/s, one for each round.
    """

    name: str
    window: int
    tasks: int
    theirs: list[float]
    ours: list[float]

    @property
    def ratios(self) -> list[float]:
        """Ours to theirs, round by round, sorted."""
        return sorted(mine / other for mine, other in zip(self.ours, self.theirs, strict=True))

    @property
    def row(self) -> str:
        """A row of the table."""
        ratios, rates = self.ratios, (statistics.median(self.theirs), statistics.median(self.ours))
        each = " | ".join(f"{rate:,.0f}" for rate in rates)
        ratio = f"{statistics.median(ratios):.2f} | {ratios[0]:.2f} to {ratios[-1]:.2f}"
        return f"| {self.name} | {self.window:,} | {each} | {ratio} |"


def searched(names: Sequence[str]) -> Result:
    """Return the result of a short comparison, which searches the window of each transport.

    Raises:
        CalledProcessError: a transport cannot be used here; a message has said why.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "search.json"))
        words = [*names, "-W", "noop", "-w", str(WORKERS), "-b", str(BATCH), "-r", "1", "-q", "--json", path]
        command = [sys.executable, "-m", "crossover.cli.main", "compare", *words]
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        found = read(path)
    assert isinstance(found, Result)
    return found


def measured(found: Result, names: Sequence[str], rounds: int) -> list[Beside]:
    """Return both sides of each transport; the rounds of all are interleaved, and each side begins in every other."""
    rates = {one.transport: one.throughput for one in found.summary}
    windows = {name: found.plan.window_of(name) for name in names}
    sides = [
        Beside(name, windows[name], max(int(rates[name] * SECONDS), FEWEST_WINDOWS * windows[name]), [], [])
        for name in names
    ]
    for number in range(rounds):
        for one in sides:
            load, server = Load(one.tasks, WORKERS, BATCH, one.window), overhead.server_of(one.name)

            def theirs(one: Beside = one, server: tuple[str, ...] = server) -> None:
                one.theirs.append(overhead.LOOPS[one.name](one.tasks, BATCH, one.window, WORKERS, *server))

            def mine(one: Beside = one, load: Load = load) -> None:
                one.ours.append(overhead.ours(one.name, load).rate)

            for side in (theirs, mine) if number % 2 else (mine, theirs):
                side()
            print(f"round {number + 1}: {one.name} {one.ours[-1] / one.theirs[-1]:.2f}", file=sys.stderr, flush=True)
    return sides


def table(sides: Sequence[Beside], rounds: int) -> str:
    """Return the table in Markdown, and a line that says where it was measured."""
    heading = "| transport | window | by hand, tasks/s | crossover, tasks/s | ratio | of the rounds |"
    facts = [f"crossover {crossover.__version__}", f"{datetime.now(UTC):%Y-%m-%d}", *host_words(host())]
    where = f"Medians of {rounds} rounds, {WORKERS} workers; {escaped(' · '.join(facts))}."
    return "\n".join([heading, "|---|--:|--:|--:|--:|--:|", *(one.row for one in sides), "", where, ""])


def main() -> int:
    """Measure; 1 where a ratio is below the target."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("transports", nargs="*", default=list(NAMES), metavar="TRANSPORT")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--file", type=Path, help="written, too")
    asked = parser.parse_args()
    names = asked.transports or list(NAMES)
    sides = measured(searched(names), names, asked.rounds)
    print(text := table(sides, asked.rounds))
    if asked.file:
        asked.file.write_text(text, encoding="utf-8")
    return 0 if min(statistics.median(one.ratios) for one in sides) >= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
