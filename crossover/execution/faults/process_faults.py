"""Faults that kill a worker, the parent of workers, or the producer."""

from __future__ import annotations

import os
import signal

from crossover.contract.errors import UnusableError
from crossover.contract.transport import Transport
from crossover.execution.faults.fault import Fault, Moment
from crossover.execution.faults.targets import FaultTargets


class WorkerFault(Fault):
    """One that needs a worker in a process of its own."""

    def meaningless(self, kind: type[Transport]) -> str:
        """Say where there is none."""
        return "" if kind.worker_processes else "its worker is the producer's own process: see kill-producer"


class KillBusyWorker(WorkerFault):
    """SIGKILL a worker in the middle of a task."""

    name = "kill-worker-busy"

    def strike(self, scene: FaultTargets) -> None:
        """Catch one at work, and kill it.

        Raises:
            UnusableError: none could be caught.
        """
        if not scene.kill_busy():
            raise UnusableError("no worker could be caught at work: its tasks are too short")


class KillIdleWorker(WorkerFault):
    """SIGKILL a worker that waits for its first task."""

    name = "kill-worker-idle"
    moment = Moment.IDLE

    def strike(self, scene: FaultTargets) -> None:
        """Kill the first."""
        os.kill(scene.subject.ready.processes["workers"][0], signal.SIGKILL)


class KillWorkerParent(Fault):
    """SIGKILL the process that started the workers, where that is not the producer."""

    name = "kill-worker-parent"

    def meaningless(self, kind: type[Transport]) -> str:
        """Say where it is the producer."""
        return "" if kind.worker_parent else "the parent of its workers is the producer: see kill-producer"

    def strike(self, scene: FaultTargets) -> None:
        """Kill the last one: it is named after those that it started."""
        os.kill(scene.subject.ready.processes["workers"][-1], signal.SIGKILL)


class KillProducer(Fault):
    """SIGKILL the producer; its workers, which nobody must leave behind, follow it."""

    name = "kill-producer"

    def strike(self, scene: FaultTargets) -> None:
        """Kill it."""
        scene.subject.kill()
