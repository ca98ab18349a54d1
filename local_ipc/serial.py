"""serial: a plain loop in the producer, with which every other transport is compared."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from crossover.contract.options import Options
from crossover.contract.system import getpid
from crossover.contract.tasks import ALL_ACCEPTED, Batch, Outcomes, Submission
from crossover.contract.traits import WorkerKind
from crossover.contract.transport import Transport
from crossover.workers.loop import execute
from local_ipc.process_transport import local_traits
from workloads.base import Workload
from workloads.user_modules import restore_variables


class SerialTransport(Transport):
    """Runs each batch in the producer when it is collected; there are no workers."""

    traits = local_traits(
        "serial",
        WorkerKind.PRODUCER,
        Options,
        unpaced="it runs each task in the producer when it is collected, so nothing can be sent in the meantime",
    )

    def start(self, workload: Workload, workers: int) -> None:
        """Find the function."""
        restore_variables()  # the function runs in this process
        self._run = workload.run
        self._pid = getpid()
        self._waiting: deque[Batch] = deque()

    def submit(self, batch: Batch) -> Submission:
        """Keep the batch. Accepted: it is in this process's memory."""
        self._waiting.append(batch)
        return ALL_ACCEPTED

    def collect(self, limit: int, timeout: float) -> Sequence[Outcomes]:
        """Run the oldest batch."""
        return (execute(self._waiting.popleft(), self._run, self._pid),) if self._waiting else ()

    def stop(self) -> None:
        """Discard what was not run."""
        self._waiting = deque()
