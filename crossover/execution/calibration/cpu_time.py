"""CPU time of this process with all that it has started, and what kept it from running, in nanoseconds."""

from __future__ import annotations

import resource
import time
from pathlib import Path
from typing import NamedTuple, Self

PRESSURE = Path("/proc/pressure/cpu")
SCHEDSTAT = Path("/proc/thread-self/schedstat")


class Spent(NamedTuple):
    """Counters, or what they have grown by.

    Attributes:
        seconds: of the wall clock.
        cpu_seconds: of all threads of this process, and of the programs that it started and that have ended.
        delayed_seconds: in which this thread could have run, but waited for a core; 0 where the kernel does not tell.
        pressed_seconds: in which any thread of the machine waited for a core; None where the kernel does not tell.
        waits: how often this thread gave up its core to wait for something (`ru_nvcsw` in getrusage(2)).
    """

    seconds: float
    cpu_seconds: float
    delayed_seconds: float
    pressed_seconds: float | None
    waits: int

    @classmethod
    def now(cls) -> Self:
        """Read the counters."""
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = time.process_time() + ended.ru_utime + ended.ru_stime
        waits = resource.getrusage(resource.RUSAGE_THREAD).ru_nvcsw
        return cls(time.monotonic(), cpu, _delayed_seconds(), _pressed_seconds(), waits)

    def since(self, before: Spent) -> Spent:
        """Return what the counters have grown by."""
        pressed = None
        if self.pressed_seconds is not None and before.pressed_seconds is not None:
            pressed = self.pressed_seconds - before.pressed_seconds
        return Spent(
            self.seconds - before.seconds,
            self.cpu_seconds - before.cpu_seconds,
            self.delayed_seconds - before.delayed_seconds,
            pressed,
            self.waits - before.waits,
        )

    @property
    def waiting(self) -> float:
        """Part of the time in which this thread neither ran nor waited for a core, nor a program of its own ran.

        A thread that never waited has lost such time to what it cannot see, as to another virtual machine.
        """
        if not self.seconds or not self.waits:
            return 0.0
        return min(1.0, max(0.0, 1.0 - (self.cpu_seconds + self.delayed_seconds) / self.seconds))

    @property
    def pressure(self) -> float | None:
        """Part of the time in which something waited for a core; None: unknown."""
        if self.pressed_seconds is None or not self.seconds:
            return None
        return min(1.0, self.pressed_seconds / self.seconds)


def peak_memory() -> int:
    """Return the most memory that this process has had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _delayed_seconds() -> float:
    """Return how long this thread waited for a core (sched-stats.rst of the Linux kernel: the second field, in ns)."""
    try:
        return int(SCHEDSTAT.read_text(encoding="ascii").split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0


def _pressed_seconds() -> float | None:
    """Return the total of `some` (psi.rst of the Linux kernel, in µs)."""
    try:
        line = PRESSURE.read_text(encoding="ascii").splitlines()[0]
        return int(line.rpartition("total=")[2]) / 1e6
    except (OSError, ValueError, IndexError):
        return None
