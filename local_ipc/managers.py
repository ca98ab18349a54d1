"""manager: `multiprocessing.Manager().Queue()`, two queues in a process of their own."""

from __future__ import annotations

import queue
from collections.abc import Mapping, Sequence

from crossover.contract.errors import BrokenError
from crossover.contract.tasks import Batch, Outcomes, Submission
from crossover.workers.fleet import Fleet, context_for
from local_ipc.manager_process import ManagerProcess
from local_ipc.pickles import hand, take_outcomes
from local_ipc.process_transport import FleetTransport, SharedInbox, local_traits
from workloads.base import Workload


class ManagerInbox(SharedInbox):
    """A worker's side: proxies, so each call is a round trip to the manager's process."""

    def open(self) -> None:
        """Connect to the manager."""
        super().open()
        self._tasks.qsize()


class ManagerTransport(FleetTransport):
    """Two `queue.Queue` in a manager's process, which is the broker here; everybody reaches them through proxies.

    Options: start (fork | spawn | forkserver; default: the platform's).
    """

    traits = local_traits("manager", broker_process=True)

    _manager: ManagerProcess | None = None

    def start(self, workload: Workload, workers: int) -> None:
        """Start the manager, then the workers."""
        context = context_for(self.options.start)
        self._manager = ManagerProcess(context)
        self._tasks = self._manager.start().Queue()
        self._outcomes = self._manager.proxies.Queue()
        self._fleet = Fleet(context, workload.reference)
        for _ in range(workers):
            self._fleet.add(ManagerInbox(self._tasks, self._outcomes))
        self._fleet.wait_until_ready()

    def submit(self, batch: Batch) -> Submission:
        """Put a batch. Accepted: it is in the manager's memory."""
        messages, receipt = hand(batch)
        try:
            for message in messages:
                self._tasks.put(message)
        except (EOFError, OSError) as error:
            raise BrokenError("the manager's process is gone") from error
        return receipt

    def collect(self, limit: int, timeout: float) -> Sequence[Outcomes]:
        """Get one message of outcomes: asking for a second would cost a round trip even where there is none."""
        try:
            return (take_outcomes(self._outcomes.get(timeout=timeout)),)
        except queue.Empty:
            return ()
        except (EOFError, OSError) as error:
            raise BrokenError("the manager's process is gone") from error

    def processes(self) -> Mapping[str, Sequence[int]]:
        """Return the workers, and the manager as the broker."""
        return {**super().processes(), "broker": self._manager.pids if self._manager else []}

    def stop(self) -> None:
        """End the workers, then the manager."""
        super().stop()
        if self._manager is not None:
            self._manager.stop()
            self._manager = None
