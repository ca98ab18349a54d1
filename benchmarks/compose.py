"""What containers cost: celery+redis through the running compose project, and on private servers, in turn.

    docker compose up -d --wait && python benchmarks/compose.py [--rounds N]

Both have two worker processes and the same window, batch and tasks (noop). Target: at least 0.8.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys

from brokers.servers.compose import WORKERS_VARIABLE, variables
from brokers.servers.registry import server_kinds
from brokers.servers.session import stop_all
from crossover.contract.registry import parse
from crossover.contract.safety import Safety
from crossover.execution.load.load import Load
from crossover.execution.measure import measure
from workloads.noop import Noop

LOAD = Load(tasks=2_000, workers=2, batch=1, window=32)
TARGET = 0.8
OURS = (WORKERS_VARIABLE, *(kind.variable for kind in server_kinds()))


def rate(environment: dict[str, str]) -> float:
    """Return tasks/s with these variables set, and no others of ours."""
    for name in OURS:
        os.environ.pop(name, None)
    os.environ.update(environment)
    history = measure(parse("celery+redis").create(Safety.DEFAULT), Noop(), LOAD, lambda _: None).history
    return history.tasks / history.seconds


def main() -> int:
    """Measure both in turn; 1 where the target is missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    project = variables()
    private, composed = [], []
    for _ in range(rounds):
        private.append(rate({}))
        composed.append(rate(project))
    stop_all()
    found = statistics.median(composed) / statistics.median(private)
    print(
        f"celery+redis  private {statistics.median(private):,.0f}/s  compose {statistics.median(composed):,.0f}/s  "
        f"ratio {found:.2f}" + ("" if found >= TARGET else f"  BELOW {TARGET}")
    )
    return 0 if found >= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
