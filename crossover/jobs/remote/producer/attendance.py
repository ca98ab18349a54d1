"""Whether external workers serve the queue: where none does, calls must not wait for ever."""

from __future__ import annotations

import logging
import time

from crossover.jobs.remote.job_queue import JobQueue
from crossover.jobs.remote.producer.ledger import Terms

LOOK_EVERY = 2.0  # seconds
WARN_AFTER = 5.0  # seconds without a worker

log = logging.getLogger("crossover.jobs")


class Attendance:
    """Only the thread of the outcomes uses it.

    Args:
        queue: of the broker.
        terms: of the executor.
    """

    def __init__(self, queue: JobQueue, terms: Terms) -> None:
        self._queue, self._terms = queue, terms
        self._has_warned = False
        self._seen_at = self._looked_at = time.monotonic()

    def note(self) -> None:
        """A worker has answered, or there was nothing to do."""
        self._seen_at, self._has_warned = time.monotonic(), False

    def problem(self, module: str) -> str | None:
        """Return what to tell whoever waits: that no worker was there for too long; None: go on waiting.

        Args:
            module: of the function that was called last.

        Raises:
            BrokenError: the server cannot be reached.
        """
        now = time.monotonic()
        if now - max(self._looked_at, self._seen_at) < LOOK_EVERY:
            return None
        self._looked_at = now
        if self._queue.workers():
            self.note()
            return None
        absent, patience = now - self._seen_at, self._terms.await_workers
        start = f"{self._terms.worker} --allow {module}"
        given = f", where {self._terms.variable} is set" if self._terms.variable else ""
        words = f"no worker has served {self._terms.where} for {absent:.0f} s. This starts one{given}: {start}"
        if patience is not None and absent >= patience:
            return words
        if absent >= WARN_AFTER and not self._has_warned:
            self._has_warned = True
            log.warning("%s", words)
        return None
