"""How much memory this process may use: of the machine, and of its control groups."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psutil

from crossover.workers.limits import cgroups

MEMORY = ("memory.max", "memory.limit_in_bytes")  # of cgroups 2 and 1, as everywhere here
SLOWED = "memory.high"  # of cgroups 2: with more, processes are slowed down until they hardly run
MEMORY_USED = ("memory.current", "memory.usage_in_bytes")
CACHED = ("inactive_file", "active_file"), ("total_inactive_file", "total_active_file")  # given back when needed
EVENTS = ("memory.events", "memory.oom_control")
EVENTS_OF_ALL = Path("/proc"), "vmstat"  # where no group counts them
NO_LIMIT = 2**60  # bytes; cgroups 1 report a larger number if there is no limit


def memory_limit() -> int | None:
    """Return how many bytes our control group may use, or None if there is no limit."""
    return min((limit for _, limit in _memory_limits()), default=None)


def free_memory() -> int:
    """Return how many bytes are still free for us; files that are only cached do not use memory that others need."""
    free = [psutil.virtual_memory().available]
    for group, limit in _memory_limits():
        used = cgroups.number(group, *MEMORY_USED)
        if used is not None:
            free.append(max(0, limit - max(0, used - _cached(group))))
    return min(free)


def processes_ended() -> int:
    """Return how many processes of our control group the kernel has ended for lack of memory; 0: unknown, too."""
    places = [(group, name) for group in cgroups.groups("memory") for name in EVENTS]
    for folder, name in (*places, EVENTS_OF_ALL):
        if (count := cgroups.table(folder, name).get("oom_kill")) is not None:
            return count
    return 0


def _memory_limits() -> Iterator[tuple[Path, int]]:
    """Yield each group that has a limit, and the limit in bytes."""
    for group in cgroups.groups("memory"):
        for names in (MEMORY, (SLOWED,)):
            limit = cgroups.number(group, *names)
            if limit is not None and limit < NO_LIMIT:
                yield group, limit


def _cached(group: Path) -> int:
    """Return the bytes of files that the kernel keeps for a group, and drops when it needs memory."""
    counted = cgroups.table(group, "memory.stat")
    names = next((names for names in reversed(CACHED) if names[0] in counted), ())
    return sum(counted.get(name, 0) for name in names)
