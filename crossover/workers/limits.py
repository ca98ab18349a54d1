"""What this process may use of the machine: memory, cores, processes; a container (cgroup) may have less of them."""

from __future__ import annotations

import math
import os
import resource
from pathlib import Path

import psutil

CGROUP = Path("/sys/fs/cgroup")
MEMORY = ("memory.max", "memory/memory.limit_in_bytes")  # of cgroups 2 and 1
MEMORY_USED = ("memory.current", "memory/memory.usage_in_bytes")
PIDS = ("pids.max", "pids/pids.max")
CORES = "cpu.max"  # of cgroups 2: microseconds of CPU in each period, and the period
NO_LIMIT = 2**60  # bytes; cgroups 1 report a larger number if there is no limit
SYSTEM = ("/proc/sys/kernel/pid_max", "/proc/sys/kernel/threads-max")


def memory_limit() -> int | None:
    """Return how many bytes our container may use, or None if there is no limit."""
    return _number(CGROUP, *MEMORY)


def free_memory() -> int:
    """Return how many bytes are still free for us."""
    there = psutil.virtual_memory().available
    limit, used = memory_limit(), _number(CGROUP, *MEMORY_USED)
    return there if limit is None or used is None else max(0, min(there, limit - used))


def most_processes() -> int:
    """Return how many processes and threads there may be, as far as that is known."""
    limits = [_number(CGROUP, *PIDS), *(_number(Path("/"), path[1:]) for path in SYSTEM)]
    if os.geteuid():  # root may have any number
        user = resource.getrlimit(resource.RLIMIT_NPROC)[0]
        limits.append(None if user == resource.RLIM_INFINITY else user)
    return min((number for number in limits if number is not None), default=NO_LIMIT)


def cores() -> int:
    """Return how many cores our container may use; those of the machine if there is no limit."""
    try:
        quota, period = (CGROUP / CORES).read_text(encoding="ascii").split()
        return max(1, math.ceil(int(quota) / int(period)))
    except (OSError, ValueError):  # no such file; "max": no limit
        return os.cpu_count() or 1


def _number(folder: Path, *paths: str) -> int | None:
    """Return the number in the first of these files that exists; None if there is none, or no limit in it."""
    for path in paths:
        try:
            text = (folder / path).read_text(encoding="ascii").strip()
        except OSError:
            continue
        return int(text) if text.isdigit() and int(text) < NO_LIMIT else None
    return None
