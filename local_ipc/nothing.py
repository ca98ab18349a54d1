"""A transport that carries nothing: what a run costs without any transport. No name leads to it."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from crossover.contract.options import Options
from crossover.contract.system import Clock
from crossover.contract.tasks import ALL_ACCEPTED, NO_ERRORS, Batch, Outcomes, Submission
from crossover.contract.traits import WorkerKind
from crossover.contract.transport import Transport
from local_ipc.process_transport import local_traits
from workloads.base import Workload

NOTHING = "nothing"


class NothingTransport(Transport):
    """Gives back the outcomes of tasks that do nothing, and does nothing else."""

    traits = local_traits(NOTHING, WorkerKind.THREAD, Options)

    def start(self, workload: Workload, workers: int) -> None:
        """Begin with nothing."""
        self._done: deque[Outcomes] = deque()

    def submit(self, batch: Batch) -> Submission:
        """Have it done."""
        now = Clock.monotonic_ns()
        self._done.append(Outcomes(batch.first, batch.size, [None] * batch.size, NO_ERRORS, 0, now, now))
        return ALL_ACCEPTED

    def collect(self, limit: int, timeout: float) -> Sequence[Outcomes]:
        """Give back what is done."""
        done = self._done
        return [done.popleft() for _ in range(min(limit, len(done)))]

    def stop(self) -> None:
        """Leave nothing."""
