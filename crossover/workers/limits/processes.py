"""How many processes, threads and open files this process may have."""

from __future__ import annotations

import errno
import os
import resource
from pathlib import Path

from crossover.workers.limits import cgroups

PIDS, PIDS_USED = "pids.max", "pids.current"
SYSTEM = ("kernel/pid_max", "kernel/threads-max")  # in /proc/sys
NO_LIMIT = 2**60  # more than any machine has


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


def explain(error: BaseException) -> str:
    """Return an error in words; where this process has reached a limit of its user's, with that limit."""
    if isinstance(error, OSError) and error.errno == errno.EMFILE:
        allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        return f"too many open files: `ulimit -n` allows {allowed}; allow 256 or more, or use fewer workers"
    return str(error)


def _of_system(name: str) -> int | None:
    return cgroups.number(Path("/proc/sys"), name)
