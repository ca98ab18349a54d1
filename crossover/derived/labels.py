"""Labels of transports as tables show them, next to a column that has the number of workers."""

from __future__ import annotations

import re

from crossover.contract.options import WORKERS
from crossover.results.conclusions.findings import Summary

ALONE = "serial"  # the transport whose producer does the tasks itself
OF_WORKERS = re.compile(rf"([?&]){WORKERS}=\d+(&?)")


def without_workers(label: str) -> str:
    """Return a label without its number of workers: that of `threads?workers=64` is `threads`."""
    return OF_WORKERS.sub(lambda found: found[1] if found[2] else "", label)


def workers_of(one: Summary) -> int | None:
    """Return the number of workers; None where the producer does the tasks, or an older version recorded none."""
    return None if without_workers(one.transport) == ALONE else one.workers or None
