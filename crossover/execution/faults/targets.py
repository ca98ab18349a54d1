"""The targets of a fault: processes of a run, the server behind it, the network path between them."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import psutil

from crossover.execution.faults.environment import ControllableServer, FillableServer, NetworkPath
from crossover.execution.producer.producer_handle import ProducerHandle


class FaultTargets(NamedTuple):
    """What a fault can strike.

    Attributes:
        producer: the producer process and its workers.
        journals: the folder of the workers' journals.
        server, memory, network: as in FaultEnvironment.
    """

    producer: ProducerHandle
    journals: Path
    server: ControllableServer | None = None
    memory: FillableServer | None = None
    network: NetworkPath | None = None

    def pids(self, role: str) -> Sequence[int]:
        """Return the process ids of a role ("workers", "broker") when the workers became ready."""
        return self.producer.ready.processes.get(role, ())

    def signal_broker(self, number: signal.Signals) -> None:
        """Send a signal to a broker that is no server: a manager's process."""
        for pid in self.pids("broker"):
            with suppress(psutil.NoSuchProcess):
                psutil.Process(pid).send_signal(number)
