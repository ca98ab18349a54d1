"""What our bookkeeping costs: each transport's hand-written loop and ours in turn, and the ratio of the medians.

    python benchmarks/overhead.py [TRANSPORT...] [--rounds N] [--batches 1,256] [--windows 64,1024]

Both sides run noop with the same batch, window and workers, through the same server where there is one; ours also
times, fingerprints and checks every task, and notices a worker that dies; the other waits without deadlines. Target: a
ratio of at least 0.95, and 10 for redis-stream beside a loop that moves one entry at a time (window 1,000 on both
sides). Over Redis there are two loops: the obvious one, and one with as few round trips as ours. The rounds are
interleaved (theirs, ours, theirs, ours), so that a noisy neighbour disturbs both sides. CPU time is that of producer
and workers, start included, without servers; a busy machine disturbs it less than the throughput.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
from collections.abc import Callable
from typing import NamedTuple

from handwritten import local, over_celery, over_rabbitmq, over_redis

from brokers.servers.address import find
from brokers.servers.registry import server_kind
from crossover.contract.registry import load, parse
from crossover.contract.safety import Safety
from crossover.execution.load.load import Load
from crossover.execution.measure import measure
from workloads.noop import Noop

WORKERS = 2
TARGET, PIPELINED = 0.95, 10.0  # ratios
BATCHES_AHEAD = 16  # per worker: the window of large batches
SECONDS = 0.5  # of each run, roughly
RATES = {1: 10_000, 256: 1_500_000}  # tasks/s by which runs are sized, times the factor of the transport
FACTORS = {
    "queue": 5,
    "pipe": 5,
    "manager": 1,
    "pool": 3,
    "pool?call=apply": 1.5,
    "executor": 1.5,
    "shared-memory": 5,
    "redis-list": 2,
    "redis-stream": 1,
    "rabbitmq": 0.5,
    "celery+redis": 0.05,
    "celery+rabbitmq": 0.05,
}
LOOPS: dict[str, Callable[..., float]] = {
    **local.LOOPS,
    **over_redis.LOOPS,
    "rabbitmq": over_rabbitmq.rabbitmq,
    "celery+redis": over_celery.celery_redis,
    "celery+rabbitmq": over_celery.celery_rabbitmq,
}


class Case(NamedTuple):
    """One comparison.

    Attributes:
        name: of the transport.
        loop: the other side.
        batch, window: in tasks, of both.
        target: the least ratio.
    """

    name: str
    loop: Callable[..., float]
    batch: int
    window: int
    target: float


class Side(NamedTuple):
    """What one run of one side took.

    Attributes:
        rate: tasks/s.
        cpu: microseconds of CPU time per task.
    """

    rate: float
    cpu: float


def cases(names: list[str], batches: list[int], windows: list[int]) -> list[Case]:
    """Return what is to be compared."""
    found = []
    for name in names:
        for batch in batches:
            sizes = windows if batch == 1 else [BATCHES_AHEAD * WORKERS * batch]
            loops = [LOOPS[name], *filter(None, [over_redis.PIPELINED.get(name)])]
            found += [Case(name, loop, batch, window, TARGET) for loop in loops for window in sizes]
        if name == "redis-stream" and 1 in batches:
            found.append(Case(name, over_redis.unpipelined, 1, 1_000, PIPELINED))
    return found


def ours(name: str, load_: Load) -> Side:
    """Run our transport."""
    observed = measure(parse(name).create(Safety.DEFAULT), Noop(), load_, lambda _: None)
    counted = {"producer", "workers"} | (set() if load(parse(name).name).traits.server else {"broker"})
    seconds = sum(spent for role, spent in observed.usage.cpu_seconds.items() if role in counted)
    return Side(observed.history.tasks / observed.history.seconds, seconds / load_.tasks * 1e6)


def theirs(case: Case, tasks: int, server: tuple[str, ...]) -> Side:
    """Run the loop that was written by hand."""
    before = _cpu_seconds()
    rate = case.loop(tasks, case.batch, case.window, WORKERS, *server)
    return Side(rate, (_cpu_seconds() - before) / tasks * 1e6)


def _cpu_seconds() -> float:
    """Return the CPU time of this process, and of its children that have ended."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def ratio(case: Case, rounds: int) -> float:
    """Measure both sides in turn, print them, and return how much of the target the ratio is."""
    name, loop, batch, window, target = case
    rate = RATES.get(batch, RATES[1] * batch) * FACTORS[name]
    load_ = Load(max(int(rate * SECONDS) // batch, 8) * batch, WORKERS, batch, window)
    server = server_of(name)
    other, mine = [], []
    for _ in range(rounds):
        other.append(theirs(case, load_.tasks, server))
        mine.append(ours(name, load_))
    pairs = [m.rate / o.rate for m, o in zip(mine, other, strict=True)]
    found = statistics.median(pairs)
    print(
        f"{name:15} batch {batch:>3} window {window:>5}  {loop.__name__:16} {_shown(other)}  ours {_shown(mine)}  "
        f"ratio {found:.2f}  (pairs {min(pairs):.2f} to {max(pairs):.2f})"
        + ("" if found >= target else f"  BELOW {target}"),
        flush=True,
    )
    return found / target


def _shown(sides: list[Side]) -> str:
    rate, cpu = (statistics.median(figures) for figures in zip(*sides, strict=True))
    return f"{rate:>9,.0f}/s {cpu:>6.1f} µs CPU"


def server_of(name: str) -> tuple[str, ...]:
    """Return the URL of the server for both sides, if they need one."""
    kind = load(parse(name).name).traits.server
    if not kind:
        return ()
    url = find(kind, "", Safety.DEFAULT).url
    os.environ[server_kind(kind).variable] = url
    return (url,)


def main() -> int:
    """Measure what was asked for; 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("transports", nargs="*", default=list(LOOPS), metavar="TRANSPORT")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--batches", default="1,256")
    parser.add_argument("--windows", default="64,1024", help="with one task per message")
    asked = parser.parse_args()
    batches, windows = ([int(size) for size in sizes.split(",")] for sizes in (asked.batches, asked.windows))
    found = [ratio(case, asked.rounds) for case in cases(asked.transports, batches, windows)]
    return 0 if min(found) >= 1 else 1


if __name__ == "__main__":
    sys.exit(main())
