"""What the kernel tells of one process: its parent, and the CPU time of it and of children that it has waited for."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import NamedTuple

CPU_TIME_OF_ALL_THREADS = 2  # CPUCLOCK_SCHED, in linux/posix-timers.h
TICKS = os.sysconf("SC_CLK_TCK")  # per second; /proc counts in them

# fields of /proc/PID/stat, counted from the one behind the name (proc_pid_stat(5))
PARENT, FAULTS_OF_CHILDREN, OWN, OF_CHILDREN, STARTED = 1, 8, slice(11, 13), slice(13, 15), 19


class Reading(NamedTuple):
    """The CPU seconds of one process so far.

    Attributes:
        parent: id of its parent.
        own: of its threads, those that have ended too; in nanoseconds where it is `exact`.
        ended: of the processes that it has started and waited for, and of theirs. The kernel tells these in ticks of
            10 ms, rounded down.
        exact: whether `own` is told in nanoseconds, and not in ticks, too.
        faults: page faults of the processes that it has waited for. Each has some, so they grow with each of them,
            though it takes less than a tick.
        started: when it began, in ticks since the machine did. Another process that gets its id began later.
    """

    parent: int
    own: float
    ended: float
    exact: bool = True
    faults: int = 0
    started: int = 0

    @property
    def total(self) -> float:
        """What its parent is charged with when it has waited for this process."""
        return self.own + self.ended


def read_process(pid: int) -> Reading | None:
    """Return what a process has used; None if it has ended and its parent has waited for it.

    Its own CPU time is that of its POSIX clock: any user may read that of any process (clock_getcpuclockid(3)). The
    files in /proc count in ticks, or leave out threads that have ended.

    Args:
        pid: its process id.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b") ")[2].split()
    except OSError:
        return None
    own, exact = cpu_clock(pid), True
    if own is None:
        own, exact = _seconds(fields[OWN]), False
    return Reading(
        parent=int(fields[PARENT]),
        own=own,
        ended=_seconds(fields[OF_CHILDREN]),
        exact=exact,
        faults=int(fields[FAULTS_OF_CHILDREN]),
        started=int(fields[STARTED]),
    )


def cpu_clock(pid: int) -> float | None:
    """Return the CPU seconds of all threads of a process, also of those that have ended; None where it has no clock.

    Args:
        pid: its process id.
    """
    try:
        return time.clock_gettime_ns(~pid << 3 | CPU_TIME_OF_ALL_THREADS) / 1e9
    except OSError:  # it has ended; or this kernel has no such clock, as some that run containers
        return None


def _seconds(ticks: list[bytes]) -> float:
    return sum(map(int, ticks)) / TICKS
