"""queue: `multiprocessing.Queue` both ways."""

from __future__ import annotations

import queue
from collections.abc import Sequence
from multiprocessing.queues import Queue
from typing import Any

from crossover.contract.tasks import Batch, Done, Outcomes, Submission
from crossover.workers.fleet import Fleet, context_for
from local_ipc.pickling import Message, unwrap_outcomes, wrap, wrap_task
from local_ipc.process_transport import FleetTransport, SharedInbox, local_traits
from workloads.base import Workload


class QueueTransport(FleetTransport):
    """One queue of tasks for all workers, one queue of outcomes.

    Options: start (fork | spawn | forkserver; default: the platform's).
    """

    traits = local_traits("queue")

    def start(self, workload: Workload, workers: int) -> None:
        """Make the queues and start the workers."""
        context = context_for(self.options.start)
        self._tasks: Queue[Message] = context.Queue()
        self._outcomes: Queue[Message] = context.Queue()
        self._fleet = Fleet(context, workload.reference)
        for _ in range(workers):
            self._fleet.add(SharedInbox(self._tasks, self._outcomes))
        self._fleet.wait_until_ready()

    def submit(self, batch: Batch) -> Submission:
        """Put a batch. Accepted: it is in this process's memory, and the queue's thread will write it to the pipe."""
        messages, submission = wrap(batch)
        for message in messages:
            self._tasks.put(message)
        return submission

    def submit_task(self, task: int, payload: Any) -> Submission:
        """Put a task, as `submit` does."""
        message, submission = wrap_task(task, payload)
        if message is not None:
            self._tasks.put(message)
        return submission

    def collect(self, limit: int, timeout: float) -> Sequence[Outcomes | Done]:
        """Get outcomes; without a timeout if there are some: a timeout polls, and costs a third of the throughput."""
        outcomes = self._outcomes
        ready = min(limit, outcomes.qsize())
        if ready:
            return [unwrap_outcomes(outcomes.get()) for _ in range(ready)]
        try:
            return (unwrap_outcomes(outcomes.get(timeout=timeout)),)
        except queue.Empty:
            return ()

    def close(self) -> None:
        """Discard what is still in the queues."""
        for channel in (self._tasks, self._outcomes):
            channel.cancel_join_thread()
            channel.close()
