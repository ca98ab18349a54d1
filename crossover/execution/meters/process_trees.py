"""The processes of each role, with all that they have started, and the CPU time that they have used together."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from contextlib import suppress

import psutil

from crossover.execution.meters.process_reading import Reading, read_process
from crossover.workers.processes.process_tree import descendants

PRODUCER, WORKERS = "producer", "workers"
ROUNDED = 0.02  # seconds: user and system time of children have each been rounded down to a hundredth


class ProcessTrees:
    """Follows processes and what they start: a task may run a program, and the program's CPU time is the task's.

    A process has the role of the nearest process above it that has one, and keeps it when that one ends. What the
    producer starts later than this is made belongs to the workers: it replaces a worker, or a worker started it and has
    ended. The CPU time of a process that ends between two looks is known from its parent, if the parent waits for it.

    Args:
        roles: role → process ids.
    """

    def __init__(self, roles: Mapping[str, Sequence[int]]) -> None:
        self._role_of_root = {pid: role for role, pids in roles.items() for pid in pids}
        self._living_roots = list(self._role_of_root)
        self._producers = frozenset(roles.get(PRODUCER, ()))
        self._role_of_new = WORKERS if roles.get(WORKERS) else PRODUCER
        self._root: dict[int, int] = {}  # process id → the process above it, or itself, that has the role
        self._processes: dict[int, psutil.Process] = {}
        self._readings: dict[int, Reading] = {}
        self._rounded: dict[str, set[int]] = {role: set() for role in roles}  # processes that were told in ticks
        self._at_start = True
        self._used: dict[str, float] = dict.fromkeys(roles, 0.0)
        self.find()
        self.look()
        self._used = dict.fromkeys(roles, 0.0)
        self._at_start = False

    @property
    def cpu_seconds(self) -> dict[str, float]:
        """Role → user and system time since this was made, as of the last look."""
        return {role: max(0.0, seconds) for role, seconds in self._used.items()}

    @property
    def rounding_seconds(self) -> dict[str, float]:
        """Role → how far its CPU time may be from the right one; 0 where all of it was told in nanoseconds.

        Each process whose children have ended adds an error of its own, upwards or downwards.
        """
        return {role: ROUNDED * math.sqrt(len(pids)) for role, pids in self._rounded.items()}

    def of_role(self, role: str) -> list[psutil.Process]:
        """Return the processes of a role that were alive at the last look, with all that they have started."""
        return [process for pid, process in self._processes.items() if self._role(pid) == role]

    def find(self) -> None:
        """Find the processes that have been started since the last time."""
        covered: set[int] = set()
        for root in self._living_roots:  # the command, which is above all others, is the first
            if root not in covered:
                tree = [*_processes([root]), *descendants(root)]
                covered.update(process.pid for process in tree)
                for process in tree:  # parents come before their children
                    if process.pid not in self._processes:
                        self._add(process)

    def look(self, roles: Container[str] | None = None) -> None:
        """Read the CPU time of the processes that have been found.

        Args:
            roles: of which; the others keep their last reading. None: of all.
        """
        readings: dict[int, Reading] = {}
        for pid in self._processes:
            left_out = roles is not None and self._role(pid) not in roles
            before = self._readings.get(pid)
            found = before if left_out else read_process(pid)
            if found is not None and (before is None or before.started == found.started):
                readings[pid] = found
        for role, seconds in self._used_since(readings).items():
            self._used[role] += seconds
        for pid in self._processes.keys() - readings.keys():
            del self._processes[pid]
        self._readings = readings
        self._living_roots = [pid for pid in self._living_roots if pid in readings]  # another one may get its id

    def _role(self, pid: int) -> str:
        return self._role_of_root[self._root[pid]]

    def _add(self, process: psutil.Process) -> None:
        with suppress(psutil.Error):
            pid, parent = process.pid, process.ppid()
            if pid not in self._living_roots:
                if parent in self._producers and not self._at_start:
                    self._role_of_root[pid] = self._role_of_new
                    self._living_roots.append(pid)
                elif parent not in self._root:
                    return  # its parent has just ended: its new one is found next time
            self._root[pid] = pid if pid in self._living_roots else self._root[parent]
            self._processes[pid] = process

    def _used_since(self, readings: Mapping[int, Reading]) -> Mapping[str, float]:
        """Return role → CPU seconds since the last look.

        A process that has waited for another is charged with the total of that one, of which the last reading has been
        counted already. Where nobody has waited for a process that has ended, its last reading is all that is known.
        """
        used: dict[str, float] = defaultdict(float)
        waited: dict[int, float] = {}  # process id → what it has been charged with since the last look
        for pid, reading in readings.items():
            before = self._readings.get(pid, Reading(0, 0.0, 0.0))
            used[self._role(pid)] += reading.total - before.total
            waited[pid] = reading.ended - before.ended
            if not self._at_start and (not reading.exact or reading.faults != before.faults):
                self._rounded[self._role(pid)].add(pid)
        for pid in self._readings.keys() - readings.keys():
            total, parent = self._readings[pid].total, self._living_above(pid, readings)
            if parent in waited and total <= waited[parent] + ROUNDED:
                waited[parent] -= total
                used[self._role(parent)] -= total
        return used

    def _living_above(self, pid: int, living: Container[int]) -> int:
        """Return the nearest process above one that has ended; 0 where it is unknown."""
        while pid in self._readings and pid not in living:
            pid = self._readings[pid].parent
        return pid


def _processes(pids: Sequence[int]) -> list[psutil.Process]:
    found = []
    for pid in pids:
        with suppress(psutil.Error):
            found.append(psutil.Process(pid))
    return found
