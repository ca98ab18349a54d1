"""The worker's side of a transport whose worker loop is ours."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

from crossover.contract.tasks import Batch, Done, Outcomes, Task


class Inbox(ABC):
    """Where a worker receives its tasks; made in the producer, sent to the worker process, used there by one thread.

    Each method may raise BrokenError when its server is down; then the worker ends.
    """

    def open(self) -> None:  # noqa: B027 - most have nothing to do
        """Prepare in the worker process, before it reports that it is ready."""

    def serve(self, perform: Callable[[Batch | Task], Outcomes | Done]) -> None:
        """Receive, perform, reply and acknowledge until there will be no more; an inbox may have a shorter way.

        Args:
            perform: runs a batch, or a task that travels alone.
        """
        receive, reply, acknowledge = self.receive, self.reply, self.acknowledge
        while batches := receive():
            for batch in batches:
                reply(perform(batch))
                acknowledge(batch)

    @abstractmethod
    def receive(self) -> Sequence[Batch | Task]:
        """Wait for tasks and return them; return nothing when there will be no more.

        There is no timeout: `stop` ends the worker, and so does the death of its producer
        (crossover.workers.processes.lifetime).
        """

    @abstractmethod
    def reply(self, outcomes: Outcomes | Done) -> None:
        """Send outcomes to the producer; a value that cannot be sent becomes an error of its task.

        An inbox that returns no `Task` gets no `Done`.
        """

    def acknowledge(self, batch: Batch | Task) -> None:  # noqa: B027 - with at-most-once delivery there is nothing to acknowledge
        """Acknowledge a batch: it is done, and must not be delivered again."""
