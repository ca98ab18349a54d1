"""queue: `multiprocessing.Queue` both ways."""

from __future__ import annotations

import queue
from collections.abc import Mapping, Sequence
from multiprocessing.queues import Queue

from crossover.contract.tasks import Batch, Outcomes, Receipt
from crossover.contract.transport import Transport
from crossover.workers.fleet import Fleet, context_for
from local_ipc.pickles import PickledInbox, pack, unpack_outcomes
from local_ipc.starting import AT_MOST_ONCE, NO_SAFE_LEVEL, StartOptions, no_semaphores
from workloads.base import Workload

MOST_AT_ONCE = 64  # messages that one `collect` returns


class QueueInbox(PickledInbox):
    """A worker's side; all workers share both queues.

    Args:
        tasks: where tasks come from.
        outcomes: where outcomes go.
    """

    def __init__(self, tasks: Queue[bytes], outcomes: Queue[bytes]) -> None:
        self._tasks = tasks
        self._outcomes = outcomes

    def get(self) -> bytes:
        """Wait for a message."""
        return self._tasks.get()

    def put(self, message: bytes) -> None:
        """Leave a message to the queue's feeder thread."""
        self._outcomes.put(message)


class QueueTransport(Transport):
    """One queue of tasks for all workers, one queue of outcomes.

    fast, default: the same. safe: refused.

    Options: start (fork | spawn | forkserver; default: the platform's).
    """

    name = "queue"
    guarantees = AT_MOST_ONCE
    refusals = NO_SAFE_LEVEL
    options_type = StartOptions

    _fleet: Fleet | None = None

    @classmethod
    def unusable(cls) -> str | None:
        """Return why there can be no queue here, or None."""
        return no_semaphores()

    def start(self, workload: Workload, workers: int) -> None:
        """Make the queues and start the workers."""
        context = context_for(self.options.start)
        self._tasks: Queue[bytes] = context.Queue()
        self._outcomes: Queue[bytes] = context.Queue()
        self._fleet = Fleet(context, workload.reference)
        for _ in range(workers):
            self._fleet.add(QueueInbox(self._tasks, self._outcomes))
        self._fleet.wait_until_ready()

    def submit(self, batch: Batch) -> Receipt:
        """Put a batch. Accepted: it is in this process's memory, and the queue's thread will write it to the pipe."""
        messages, receipt = pack(batch)
        for message in messages:
            self._tasks.put(message)
        return receipt

    def collect(self, timeout: float) -> Sequence[Outcomes]:
        """Get outcomes; a `get` with a timeout polls and costs a third of the throughput, so only the first may have one."""
        outcomes = self._outcomes
        try:
            found = [unpack_outcomes(outcomes.get() if outcomes.qsize() else outcomes.get(timeout=timeout))]
        except queue.Empty:
            return ()
        while len(found) < MOST_AT_ONCE and outcomes.qsize():
            found.append(unpack_outcomes(outcomes.get()))
        return found

    def processes(self) -> Mapping[str, Sequence[int]]:
        """Return the workers."""
        return {"workers": self._fleet.pids if self._fleet else []}

    def stop(self) -> None:
        """End the workers and give up what is still in the queues."""
        if self._fleet is not None:
            self._fleet.stop()
            self._fleet = None
            for channel in (self._tasks, self._outcomes):
                channel.cancel_join_thread()
                channel.close()
