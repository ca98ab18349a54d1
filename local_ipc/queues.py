"""queue: `multiprocessing.Queue` both ways."""

from __future__ import annotations

import queue
from collections.abc import Mapping, Sequence
from multiprocessing.queues import Queue

from crossover.contract.tasks import Batch, Outcomes, Receipt
from crossover.contract.transport import Transport
from crossover.workers.fleet import Fleet, context_for
from local_ipc.pickles import Message, PickledInbox, hand, hand_outcomes, take_outcomes
from local_ipc.starting import AT_MOST_ONCE, NO_SAFE_LEVEL, StartOptions, no_semaphores
from workloads.base import Workload


class QueueInbox(PickledInbox):
    """A worker's side; all workers share both queues.

    Args:
        tasks: where tasks come from.
        outcomes: where outcomes go.
    """

    def __init__(self, tasks: Queue[Message], outcomes: Queue[Message]) -> None:
        self._tasks = tasks
        self._outcomes = outcomes

    def open(self) -> None:
        """Take the queues' own methods."""
        self.get = self._tasks.get
        self.put = self._outcomes.put
        self.write = hand_outcomes


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
        self._tasks: Queue[Message] = context.Queue()
        self._outcomes: Queue[Message] = context.Queue()
        self._fleet = Fleet(context, workload.reference)
        for _ in range(workers):
            self._fleet.add(QueueInbox(self._tasks, self._outcomes))
        self._fleet.wait_until_ready()

    def submit(self, batch: Batch) -> Receipt:
        """Put a batch. Accepted: it is in this process's memory, and the queue's thread will write it to the pipe."""
        messages, receipt = hand(batch)
        for message in messages:
            self._tasks.put(message)
        return receipt

    def collect(self, limit: int, timeout: float) -> Sequence[Outcomes]:
        """Get outcomes; a `get` with a timeout polls, and costs a third of the throughput where something is there."""
        outcomes = self._outcomes
        ready = min(limit, outcomes.qsize())
        if ready:
            return [take_outcomes(outcomes.get()) for _ in range(ready)]
        try:
            return (take_outcomes(outcomes.get(timeout=timeout)),)
        except queue.Empty:
            return ()

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
