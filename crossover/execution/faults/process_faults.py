"""Faults that kill a worker, the parent of the workers, or the producer."""

from __future__ import annotations

import os
import signal

from crossover.contract.errors import UnusableError
from crossover.contract.traits import Traits
from crossover.execution.faults.busy_workers import kill_busy_worker
from crossover.execution.faults.fault import Fault, Moment
from crossover.execution.faults.targets import FaultTargets


class WorkerFault(Fault):
    """A fault that needs workers in processes of their own."""

    def why_not(self, traits: Traits) -> str | None:
        """Return why it makes no sense where the workers are no processes."""
        return None if traits.worker_processes else "its worker is the producer's own process: see kill-producer"


class KillBusyWorker(WorkerFault):
    """SIGKILL for a worker in the middle of a task."""

    name = "kill-worker-busy"

    def strike(self, targets: FaultTargets) -> None:
        """Kill a busy worker.

        Raises:
            UnusableError: none was caught in the middle of a task.
        """
        if not kill_busy_worker(targets.producer, targets.journals):
            raise UnusableError("no worker could be caught in the middle of a task: its tasks are too short")


class KillIdleWorker(WorkerFault):
    """SIGKILL for a worker that waits for its first task."""

    name = "kill-worker-idle"
    moment = Moment.IDLE

    def strike(self, targets: FaultTargets) -> None:
        """Kill the first worker."""
        os.kill(targets.pids("workers")[0], signal.SIGKILL)


class KillWorkerParent(Fault):
    """SIGKILL for the process that started the workers, where that is not the producer."""

    name = "kill-worker-parent"

    def why_not(self, traits: Traits) -> str | None:
        """Return why it makes no sense where the producer is the parent."""
        return None if traits.worker_parent else "the parent of its workers is the producer: see kill-producer"

    def strike(self, targets: FaultTargets) -> None:
        """Kill the last process of the workers: the contract lists their parent there."""
        os.kill(targets.pids("workers")[-1], signal.SIGKILL)


class KillProducer(Fault):
    """SIGKILL for the producer; its workers end with it."""

    name = "kill-producer"

    def strike(self, targets: FaultTargets) -> None:
        """Kill it."""
        targets.producer.kill()
