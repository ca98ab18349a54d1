"""How long it takes to judge a run of 10,000,000 tasks from its record and journals, and how much memory that needs.

    python benchmarks/verdict.py [--tasks N]

Targets: 20 s and 1 GiB, for reading the journals of two workers, the verdict, and the recovery. Not a comparison: there
is nothing to run beside it.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from array import array
from pathlib import Path

from crossover.analysis.safety.ledger_verdict import recovery_seconds, verdict_of_ledger
from crossover.recording.journals.journal_reader import ledger_of
from crossover.recording.shared_history import SharedHistory

WORKERS = 2
SECONDS, BYTES = 20.0, 2**30
AT_ONCE = 100_000  # tasks that are written at once


def write(folder: Path, tasks: int) -> SharedHistory:
    """Write what a run of so many tasks leaves, each done once."""
    history = SharedHistory(tasks, 1)
    history.deliveries[:] = b"\1" * tasks
    for first in range(0, tasks, AT_ONCE):
        last = min(first + AT_ONCE, tasks)
        history.sent[first:last] = array("q", range(first + 1, last + 1))
        for worker in range(WORKERS):
            events = array("Q")
            for task in range(first + worker, last, WORKERS):
                events.extend((task * 2, task + 1, task * 2 + 1, task + 2))
            with (folder / f"{worker}.journal").open("ab") as file:
                events.tofile(file)
    return history


def main() -> int:
    """Measure; 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tasks", type=int, default=10_000_000)
    tasks = parser.parse_args().tasks
    with tempfile.TemporaryDirectory() as name:
        history = write(Path(name), tasks)
        began = time.monotonic()
        ledger = ledger_of(history, Path(name))
        read = time.monotonic()
        delivery = verdict_of_ledger(ledger)
        judged = time.monotonic()
        recovery_seconds(ledger, tasks, tasks // 2)
        took = time.monotonic() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    assert delivery.completed == tasks
    assert not delivery.lost
    print(f"{tasks:,} tasks: read {read - began:.1f} s, verdict {judged - read:.1f} s, all {took:.1f} s")
    print(f"peak memory {peak / 2**20:,.0f} MiB, the record included")
    return 0 if took <= SECONDS and peak <= BYTES else 1


if __name__ == "__main__":
    raise SystemExit(main())
