"""What a run costs: CPU time and memory of each role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import psutil


class Usage(NamedTuple):
    """What the processes of a run used.

    Attributes:
        cpu_seconds: role → user and system time.
        others_cpu_seconds: what the rest of the machine used meanwhile.
        peak_rss_bytes: role → the largest resident memory seen, summed over the role's processes; memory that processes
            share (forked ones do) counts once for each.
    """

    cpu_seconds: Mapping[str, float]
    others_cpu_seconds: float
    peak_rss_bytes: Mapping[str, int]


class Meter:
    """Measures the producer and the processes of a transport, from now on.

    The producer is all of this process. A process that has died keeps what was seen of it last.

    Args:
        processes: role → process ids, the producer's left out.
    """

    def __init__(self, processes: Mapping[str, Sequence[int]]) -> None:
        self._roles = {"producer": [psutil.Process()]}
        for role, pids in processes.items():
            self._roles[role] = [process for pid in pids if (process := _process(pid)) is not None]
        self._began: dict[psutil.Process, float] = {}
        self._cpu: dict[psutil.Process, float] = {}
        self._peak: dict[psutil.Process, int] = {}
        self.look()
        self._began = dict(self._cpu)
        self._machine = _busy()

    def look(self) -> None:
        """Read the counters; the more often, the truer the peaks."""
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
        """Return what has been used since the meter was made."""
        self.look()
        machine = _busy() - self._machine
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


def _busy() -> float:
    """Return the CPU seconds that this machine has used so far."""
    times = psutil.cpu_times()
    return float(times.user + times.system + getattr(times, "nice", 0.0) + getattr(times, "softirq", 0.0))
