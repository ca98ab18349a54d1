"""The worker's side of a transport whose worker loop is ours."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from crossover.contract.tasks import Batch, Outcomes


class Inbox(ABC):
    """Where a worker finds its tasks; made in the producer, sent to the worker's process, used there by one thread.

    Each method may raise BrokenError where its server has gone; then the worker ends.
    """

    def open(self) -> None:  # noqa: B027 - most have nothing to do
        """Make ready in the worker's process, before it says that it is ready."""

    @abstractmethod
    def receive(self) -> Sequence[Batch]:
        """Wait for tasks and return them; empty when there will be none any more.

        It waits without end: `stop` ends the worker, or its producer's death does (crossover.workers.lifetime).
        """

    @abstractmethod
    def reply(self, outcomes: Outcomes) -> None:
        """Send outcomes to the producer; a value that cannot be sent becomes an error of its task."""

    def acknowledge(self, batch: Batch) -> None:  # noqa: B027 - at most once has nothing to acknowledge
        """Say that a batch is done and need not be delivered again."""
