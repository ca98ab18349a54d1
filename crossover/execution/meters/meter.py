"""CPU time and memory of each role in a run."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from crossover.execution.meters.effort import Effort
from crossover.execution.meters.machine import Machine
from crossover.execution.meters.memory import PeakMemory
from crossover.execution.meters.process_trees import WORKERS, ProcessTrees
from crossover.execution.meters.threads import running_threads

COMMAND = "command"  # the role of our processes that take no part in the run: this one, the template, other servers


class Usage(NamedTuple):
    """What the processes of a run have used, with all that they have started.

    Attributes:
        cpu_seconds: role → user and system time.
        rounding_seconds: role → how far that may be from the right one; 0 where it was told in nanoseconds.
        others_cpu_seconds: what processes that are none of this command's used in the same time.
        peak_rss_bytes: role → the largest memory observed, summed over the role's processes.
        shared_once: the roles in which memory that processes share counts once, and not once for each of them.
        private_bytes: the largest memory that a worker process had to itself; None: unknown.
        running_threads: threads of all workers that ran or waited for a core, on average; None: unknown.
        machine: what disturbed all of them.
    """

    cpu_seconds: Mapping[str, float]
    rounding_seconds: Mapping[str, float]
    others_cpu_seconds: float
    peak_rss_bytes: Mapping[str, int]
    shared_once: Sequence[str]
    private_bytes: int | None
    running_threads: float | None
    machine: Machine


class Meter:
    """Measures processes from the moment it is made. A process that has died keeps its last reading.

    Args:
        processes: role → process ids.
    """

    def __init__(self, processes: Mapping[str, Sequence[int]]) -> None:
        self._roles = list(processes)
        self._trees = ProcessTrees({COMMAND: [os.getpid()], **processes})
        self._before = Machine.now()
        self._memory = PeakMemory()
        self._running: list[int] = []
        self._look_at_memory(examine=True)
        self._finding, self._examining, self._counting = Effort(), Effort(), Effort()

    def look(self) -> None:
        """Read the counters; the more often, the more exact the peaks. What takes long is left out now and then."""
        if self._counting.affordable:
            with self._counting.counted():
                self._running.append(running_threads(self._trees.of_role(WORKERS)))
        if self._finding.affordable:
            with self._finding.counted():
                self._trees.find()
        self._trees.look(self._roles)
        if self._examining.affordable:
            with self._examining.counted():
                self._look_at_memory(examine=True)
        else:
            self._look_at_memory(examine=False)

    def read(self) -> Usage:
        """Return what the processes have used since the meter was made."""
        self._trees.find()
        self._trees.look()
        machine = Machine.now().since(self._before)
        self._look_at_memory(examine=True)
        cpu, rounding = self._trees.cpu_seconds, self._trees.rounding_seconds
        memory, running = self._memory, self._running
        return Usage(
            cpu_seconds={role: cpu[role] for role in self._roles},
            rounding_seconds={role: rounding[role] for role in self._roles},
            others_cpu_seconds=max(0.0, machine.cpu_seconds - sum(cpu.values())),
            peak_rss_bytes=dict(memory.bytes),
            shared_once=[role for role in self._roles if role not in memory.resident_roles],
            private_bytes=memory.private_bytes.get(WORKERS) or None,
            running_threads=sum(running) / len(running) if running and WORKERS in self._roles else None,
            machine=machine,
        )

    def _look_at_memory(self, *, examine: bool) -> None:
        processes = {role: self._trees.of_role(role) for role in self._roles}
        if examine:
            for role, found in processes.items():
                self._memory.examine(role, found)
        self._memory.look(processes)
