"""Celery's request, as far as ours differs: a message whose process died is not given back for ever."""

from __future__ import annotations

from collections import Counter

from celery.worker.request import Request

from brokers.broker_transport import MOST_DELIVERIES
from brokers.celery.dead_letters import dead_letter
from brokers.celery.workers.environment import read
from brokers.messages import Refused
from brokers.poison import REASON

_deaths: Counter[str] = Counter()
"""Task → processes that have died of it. Celery gives it back at the safe level only: at others it fails at once."""


class RunRequest(Request):  # type: ignore[misc]
    """What the worker's main process knows of a message.

    Celery tells it which process has died with which message, be it prefetched or not: so it is here that deaths are
    counted, by each worker for itself.
    """

    def acknowledge(self) -> None:
        """Acknowledge, and forget the deaths."""
        super().acknowledge()
        _deaths.pop(self.id, None)

    def reject(self, requeue: bool = False) -> None:  # noqa: FBT001, FBT002 - as Celery calls it
        """Give a message back whose process has died; the last time, keep it aside and let its tasks fail."""
        if requeue:
            _deaths[self.id] += 1
        if _deaths[self.id] < MOST_DELIVERIES:
            super().reject(requeue=requeue)
            return
        dead_letter(read(), REASON, next(iter(self.args), b""))
        self.task.backend.mark_as_failure(self.id, Refused(REASON), request=self._context)
        self.acknowledge()
