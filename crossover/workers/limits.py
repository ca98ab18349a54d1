"""How much of this machine is ours: memory, cores, processes; a container (cgroup) may have less than the machine."""

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
NO_LIMIT = 2**60  # bytes; what version 1 says where there is none is larger
SYSTEM = ("/proc/sys/kernel/pid_max", "/proc/sys/kernel/threads-max")


def memory_limit() -> int | None:
    """Return how many bytes our container may have, or None where nothing limits it."""
    return _number(CGROUP, *MEMORY)


def free_memory() -> int:
    """Return how many bytes we may still take."""
    there = psutil.virtual_memory().available
    limit, used = memory_limit(), _number(CGROUP, *MEMORY_USED)
    return there if limit is None or used is None else max(0, min(there, limit - used))


def most_processes() -> int:
    """Return how many processes and threads there may be, as far as that can be told."""
    said = [_number(CGROUP, *PIDS), *(_number(Path("/"), path[1:]) for path in SYSTEM)]
    if os.geteuid():  # root may have any number
        user = resource.getrlimit(resource.RLIMIT_NPROC)[0]
        said.append(None if user == resource.RLIM_INFINITY else user)
    return min((number for number in said if number is not None), default=NO_LIMIT)


def cores() -> int:
    """Return how many cores our container may use, or those of the machine where nothing limits it."""
    try:
        quota, period = (CGROUP / CORES).read_text(encoding="ascii").split()
        return max(1, math.ceil(int(quota) / int(period)))
    except (OSError, ValueError):  # no such file; "max": no limit
        return os.cpu_count() or 1


def _number(folder: Path, *paths: str) -> int | None:
    """Return what the first of these files says that is there; None where there is none, or it says no limit."""
    for path in paths:
        try:
            said = (folder / path).read_text(encoding="ascii").strip()
        except OSError:
            continue
        return int(said) if said.isdigit() and int(said) < NO_LIMIT else None
    return None
