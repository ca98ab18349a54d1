"""What our bookkeeping costs: each transport's hand-written loop and ours in turn, and the ratio of the medians.

    python benchmarks/overhead.py [TRANSPORT...] [--rounds N] [--batches 1,256]

Both sides run noop with the same batch, window and workers, through the same server where there is one; ours also
times, fingerprints and checks every task. Target: at least 0.9 inside one machine, 0.95 through a broker, and 10 for
redis-stream beside a loop that moves one entry at a time (window 1,000 on both sides). The rounds are interleaved
(theirs, ours, theirs, ours), so that a noisy neighbour disturbs both sides.
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
LOCAL, THROUGH_A_BROKER, PIPELINED = 0.9, 0.95, 10.0  # targets
SECONDS = 0.5  # of each run, roughly
RATES = {1: 10_000, 256: 1_500_000}  # tasks/s by which runs are sized, times the factor of the transport
FACTORS = {
    "queue": 5,
    "pipe": 5,
    "manager": 1,
    "pool": 3,
    "executor": 1.5,
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


def cases(names: list[str], batches: list[int]) -> list[Case]:
    """Return what is to be compared."""
    found = []
    for name in names:
        target = THROUGH_A_BROKER if load(name).traits.server else LOCAL
        found += [Case(name, LOOPS[name], batch, 16 * WORKERS * batch, target) for batch in batches]
        if name == "redis-stream" and 1 in batches:
            found.append(Case(name, over_redis.unpipelined, 1, 1_000, PIPELINED))
    return found


def ours(name: str, load: Load) -> float:
    """Return tasks/s of our transport."""
    history = measure(parse(name).create(Safety.DEFAULT), Noop(), load, lambda _: None).history
    return history.tasks / history.seconds


def ratio(case: Case, rounds: int) -> float:
    """Measure both sides in turn, print them, and return ours / theirs."""
    name, loop, batch, window, target = case
    rate = RATES.get(batch, RATES[1] * batch) * FACTORS[name]
    load_ = Load(max(int(rate * SECONDS) // batch, 8) * batch, WORKERS, batch, window)
    server = _server(name)
    theirs, mine = [], []
    for _ in range(rounds):
        theirs.append(loop(load_.tasks, batch, window, WORKERS, *server))
        mine.append(ours(name, load_))
    found = statistics.median(mine) / statistics.median(theirs)
    pairs = sorted(m / t for m, t in zip(mine, theirs, strict=True))
    print(
        f"{name:15} batch {batch:>3} {loop.__name__:11} {statistics.median(theirs):>11,.0f}/s  "
        f"ours {statistics.median(mine):>11,.0f}/s  ratio {found:.2f}  (pairs {pairs[0]:.2f} to {pairs[-1]:.2f})"
        + ("" if found >= target else f"  BELOW {target}"),
        flush=True,
    )
    return found / target


def _server(name: str) -> tuple[str, ...]:
    """Return the URL of the server for both sides, if they need one."""
    kind = load(name).traits.server
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
    asked = parser.parse_args()
    found = [ratio(case, asked.rounds) for case in cases(asked.transports, [int(b) for b in asked.batches.split(",")])]
    return 0 if min(found) >= 1 else 1


if __name__ == "__main__":
    sys.exit(main())
