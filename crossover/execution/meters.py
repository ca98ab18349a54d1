"""CPU time and memory of each role in a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import psutil


class Usage(NamedTuple):
    """What the processes of a run have used.

    Attributes:
        cpu_seconds: role → user and system time.
        others_cpu_seconds: what the rest of the machine used in the same time.
        peak_rss_bytes: role → the largest resident memory observed, summed over the role's processes; memory that
            processes share, as forked ones do, counts once for each.
    """

    cpu_seconds: Mapping[str, float]
    others_cpu_seconds: float
    peak_rss_bytes: Mapping[str, int]


class Meter:
    """Measures processes from the moment it is made. A process that has died keeps its last reading.

    Args:
        processes: role → process ids.
    """

    def __init__(self, processes: Mapping[str, Sequence[int]]) -> None:
        self._roles = {
            role: [process for pid in pids if (process := _process(pid)) is not None]
            for role, pids in processes.items()
        }
        self._began: dict[psutil.Process, float] = {}
        self._cpu: dict[psutil.Process, float] = {}
        self._peak: dict[psutil.Process, int] = {}
        self.look()
        self._began = dict(self._cpu)
        self._machine = _machine_cpu_seconds()

    def look(self) -> None:
        """Read the counters; the more often, the more exact the peaks."""
        for processes in self._roles.values():
            for process in processes:
                try:
                    with process.oneshot():
                        times = process.cpu_times()
                        self._cpu[process] = times.user + times.system
                        self._peak[process] = max(self._peak.get(process, 0), process.memory_info().rss)
                except psutil.NoSuchProcess:
                    continue

    def read(self) -> Usage:
        """Return what the processes have used since the meter was made."""
        self.look()
        machine = _machine_cpu_seconds() - self._machine
        cpu = {role: sum(self._used(process) for process in processes) for role, processes in self._roles.items()}
        peak = {
            role: sum(self._peak.get(process, 0) for process in processes) for role, processes in self._roles.items()
        }
        return Usage(cpu, max(0.0, machine - sum(cpu.values())), peak)

    def _used(self, process: psutil.Process) -> float:
        return self._cpu.get(process, 0.0) - self._began.get(process, 0.0)


def _process(pid: int) -> psutil.Process | None:
    try:
        return psutil.Process(pid)
    except psutil.NoSuchProcess:
        return None


def _machine_cpu_seconds() -> float:
    """Return the CPU seconds that this machine has used so far."""
    times = psutil.cpu_times()
    return float(times.user + times.system + getattr(times, "nice", 0.0) + getattr(times, "softirq", 0.0))
