"""What settings of Celery give, each alone and together: CPU time per task by role, as a table in Markdown.

    cd benchmarks; python -m handwritten.celery_settings [TRANSPORT...] [--tasks N] [--rounds N] [--rows REGEX]

Every row is Celery alone, without crossover: noop, one task per message unless the row says otherwise, a window of 16
messages per worker, 2 workers. The workers of all rows are started first, and stay; each round takes the rows in random
order. Ratios are of CPU time, which other programs disturb less than wall time, and taken round by round.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import sys
import time
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import psutil

from brokers.servers.address import find
from crossover.contract.safety import Safety
from crossover.execution.host import host
from crossover.execution.meters.process_reading import cpu_clock
from crossover.report.formats.markdown import host_words
from handwritten.celery_ways import TUNED, Row, rows
from handwritten.over_celery import CeleryLoop

WORKERS, WINDOW = 2, 32
SERVERS = {"celery+redis": "redis", "celery+rabbitmq": "rabbitmq"}


class Cost(NamedTuple):
    """What a run has cost.

    Attributes:
        seconds: wall time per task.
        producer, main, pool, broker: CPU time per task, in µs.
    """

    seconds: float
    producer: float
    main: float
    pool: float
    broker: float

    @property
    def total(self) -> float:
        """CPU time of all roles."""
        return sum(self[1:])


class Side:
    """A row whose workers run.

    Args:
        row: how it uses Celery.
        url: of the server.
        server: its processes.
    """

    def __init__(self, row: Row, url: str, server: list[psutil.Process]) -> None:
        self.row = row
        self._server = server
        self._loop = CeleryLoop(url, row.results or url, WORKERS, row.way, re.sub(r"\W+", "-", row.name))

    def warm_up(self) -> None:
        """Wait for the workers, and let every process run a task."""
        batch = self.row.batch
        self._loop.drive(batch * 50, batch, batch * WINDOW)
        self._main = [psutil.Process(worker.pid) for worker in self._loop.workers]
        self._pool = [child for main in self._main for child in main.children(recursive=True)]

    def cost(self, messages: int) -> Cost:
        """Run so many messages."""
        tasks = messages * self.row.batch
        before = self._times()
        rate = self._loop.drive(tasks, self.row.batch, WINDOW * self.row.batch)
        used = (1e6 * (now - then) / tasks for now, then in zip(self._times(), before, strict=True))
        return Cost(1 / rate, *used)

    def _times(self) -> tuple[float, float, float, float]:
        return (time.process_time(), _seconds(self._main), _seconds(self._pool), _seconds(self._server))

    def stop(self) -> None:
        """End the workers."""
        self._loop.stop()


def _seconds(processes: Iterable[psutil.Process]) -> float:
    return sum(cpu_clock(process.pid) or 0.0 for process in processes)


def measured(name: str, messages: int, rounds: int, which: str) -> tuple[list[Row], Mapping[str, list[Cost]]]:
    """Return the rows of a transport, and row → its costs."""
    at = find(SERVERS[name], "", Safety.DEFAULT)
    server = [psutil.Process(pid) for pid in at.pids]
    chosen = [row for row in rows(name) if re.search(which, row.name)]
    sides = [Side(row, at.url, server) for row in chosen]
    costs: dict[str, list[Cost]] = {row.name: [] for row in chosen}
    try:
        for side in sides:
            side.warm_up()
        for _ in range(rounds):
            for side in random.sample(sides, len(sides)):
                costs[side.row.name].append(side.cost(messages))
    finally:
        for side in sides:
            side.stop()
    return chosen, costs


def table(chosen: list[Row], costs: Mapping[str, list[Cost]]) -> str:
    """Return the table."""
    lines = [
        "| setting | producer | worker | pool | broker | all, µs | CPU | tasks/s |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    base = costs[chosen[0].name]
    for row in chosen:
        mine = costs[row.name]
        roles = [statistics.median(values) for values in list(zip(*mine, strict=True))[1:]]
        cpu = [then.total / now.total for then, now in zip(base, mine, strict=True)]
        speed = statistics.median(then.seconds / now.seconds for then, now in zip(base, mine, strict=True))
        cells = [*(f"{role:,.0f}" for role in roles), f"{statistics.median(cost.total for cost in mine):,.0f}"]
        ratio = f"{statistics.median(cpu):.2f} × ({min(cpu):.2f} to {max(cpu):.2f})"
        words = f"**{row.name}**" if row.name in {chosen[0].name, TUNED} else row.name
        lines.append(f"| {words} | {' | '.join(cells)} | {ratio} | {speed:.2f} × |")
    return "\n".join(lines)


def main() -> int:
    """Print a table for each transport."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("transports", nargs="*", default=list(SERVERS), choices=list(SERVERS), metavar="TRANSPORT")
    parser.add_argument("--tasks", type=int, default=1_000, help="messages of each run")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--rows", default="", help="only rows that match; the first one is what others are compared to")
    asked = parser.parse_args()
    print(" · ".join(host_words(host())))
    for name in asked.transports:
        print(f"\n## {name}\n\n{table(*measured(name, asked.tasks, asked.rounds, asked.rows))}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
