"""How many cores this process may use, and how long a quota has stopped it."""

from __future__ import annotations

import math
import os
from pathlib import Path

from crossover.workers.limits import cgroups

QUOTA = "cpu.max"  # of cgroups 2: microseconds of CPU in each period, and the period
QUOTA_1, PERIOD_1 = "cpu.cfs_quota_us", "cpu.cfs_period_us"
THROTTLED, THROTTLED_1 = "throttled_usec", "throttled_time"  # in cpu.stat; microseconds, and nanoseconds


def cpu_quota() -> float | None:
    """Return how many cores our control group may use on average, or None if there is no quota."""
    return min(filter(None, map(_quota, cgroups.groups("cpu"))), default=None)


def cores() -> int:
    """Return how many cores our control group may use at once; those of the machine if there is no quota."""
    quota = cpu_quota()
    return max(1, math.ceil(quota)) if quota is not None else os.cpu_count() or 1


def usable_cores() -> int:
    """Return how many cores this process may use."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(allowed, cores())


def throttled_seconds() -> float:
    """Return for how much CPU time a quota has stopped processes of our control group so far; 0 if there is none."""
    found = [0.0]
    for group in cgroups.groups("cpu"):
        if _quota(group) is not None:
            counted = cgroups.table(group, "cpu.stat")
            found.append(counted.get(THROTTLED, 0) / 1e6 + counted.get(THROTTLED_1, 0) / 1e9)
    return max(found)


def _quota(group: Path) -> float | None:
    """Return the cores that a group may use on average; None if it has no quota."""
    try:
        quota, period = map(int, (group / QUOTA).read_text(encoding="ascii").split())
    except (OSError, ValueError):  # it has another version; or "max", no quota
        quota, period = cgroups.number(group, QUOTA_1) or 0, cgroups.number(group, PERIOD_1) or 0  # -1: no quota
    return quota / period if quota > 0 and period > 0 else None
