"""What this process may use of the machine: memory, cores, processes; a control group (cgroup) may allow less of them.

A group and each one above it has a limit of its own; the smallest one counts. That is so for containers, too.
"""

from __future__ import annotations

import errno
import math
import os
import resource
from collections.abc import Iterator
from pathlib import Path

import psutil

from crossover.workers import cgroups

MEMORY = ("memory.max", "memory.limit_in_bytes")  # of cgroups 2 and 1, as everywhere here
SLOWED = "memory.high"  # of cgroups 2: with more, processes are slowed down until they hardly run
MEMORY_USED = ("memory.current", "memory.usage_in_bytes")
CACHED = ("inactive_file", "active_file"), ("total_inactive_file", "total_active_file")  # given back when needed
PIDS, PIDS_USED = "pids.max", "pids.current"
QUOTA = "cpu.max"  # of cgroups 2: microseconds of CPU in each period, and the period
QUOTA_1, PERIOD_1 = "cpu.cfs_quota_us", "cpu.cfs_period_us"
THROTTLED, THROTTLED_1 = "throttled_usec", "throttled_time"  # in cpu.stat; microseconds, and nanoseconds
NO_LIMIT = 2**60  # bytes; cgroups 1 report a larger number if there is no limit
SYSTEM = ("kernel/pid_max", "kernel/threads-max")  # in /proc/sys


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


def most_processes() -> int:
    """Return how many processes and threads we may add, as far as that is known."""
    limits = [_of_system(name) for name in SYSTEM]
    for group in cgroups.groups("pids"):
        limit, used = cgroups.number(group, PIDS), cgroups.number(group, PIDS_USED)
        limits.append(None if limit is None else max(0, limit - (used or 0)))
    if os.geteuid():  # root may have any number
        user = resource.getrlimit(resource.RLIMIT_NPROC)[0]
        limits.append(None if user == resource.RLIM_INFINITY else user)
    return min((limit for limit in limits if limit is not None), default=NO_LIMIT)


def cpu_quota() -> float | None:
    """Return how many cores our control group may use on average, or None if there is no quota."""
    return min(filter(None, map(_quota, cgroups.groups("cpu"))), default=None)


def cores() -> int:
    """Return how many cores our control group may use at once; those of the machine if there is no quota."""
    quota = cpu_quota()
    return max(1, math.ceil(quota)) if quota is not None else os.cpu_count() or 1


def throttled_seconds() -> float:
    """Return for how much CPU time a quota has stopped processes of our control group so far; 0 if there is none."""
    found = [0.0]
    for group in cgroups.groups("cpu"):
        if _quota(group) is not None:
            counted = cgroups.table(group, "cpu.stat")
            found.append(counted.get(THROTTLED, 0) / 1e6 + counted.get(THROTTLED_1, 0) / 1e9)
    return max(found)


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


def _quota(group: Path) -> float | None:
    """Return the cores that a group may use on average; None if it has no quota."""
    try:
        quota, period = map(int, (group / QUOTA).read_text(encoding="ascii").split())
    except (OSError, ValueError):  # it has another version; or "max", no quota
        quota, period = cgroups.number(group, QUOTA_1) or 0, cgroups.number(group, PERIOD_1) or 0  # -1: no quota
    return quota / period if quota > 0 and period > 0 else None


def _of_system(name: str) -> int | None:
    return cgroups.number(Path("/proc/sys"), name)


def explain(error: BaseException) -> str:
    """Return an error in words; where this process has reached a limit of its user's, with that limit."""
    if isinstance(error, OSError) and error.errno == errno.EMFILE:
        allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        return f"too many open files: `ulimit -n` allows {allowed}; allow 256 or more, or use fewer workers"
    return str(error)
