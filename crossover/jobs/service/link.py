"""The connection of a worker to its broker, which is made again when it is lost.

An Intake connects again by itself at the call that follows a BrokenError, and still knows what it holds. Here is when.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from crossover.contract.errors import BrokenError, CrossoverError
from crossover.jobs.remote.job_queue import Answer, Delivery, Intake
from crossover.jobs.service.attempts import Attempts
from crossover.jobs.service.events import Events
from crossover.jobs.service.stopping import Stop

BEAT_PAUSE = 0.25, 1.0  # seconds, at least and at most: short, as a lease of a second may depend on it


class Link:
    """An Intake that outlives the connection: methods wait until there is one again.

    Attributes:
        connected: whether there is a connection.

    Args:
        open_intake: connects.
        events: says when the connection is lost, and when it is there again.
        stop: says when nothing is taken any more, and when nothing is waited for any more.
        changed: called when `connected` has changed.
    """

    def __init__(
        self,
        open_intake: Callable[[], Intake],
        events: Events,
        stop: Stop,
        changed: Callable[[], None],
    ) -> None:
        self._open_intake = open_intake
        self._events, self._stop, self._changed = events, stop, changed
        self._attempts = Attempts()
        self._intake: Intake | None = None
        self._beat_due = 0.0  # when it may be tried again that has failed; 0: it has not
        self._lock = threading.Lock()
        self.connected = False

    def open(self) -> None:
        """Connect for the first time.

        Raises:
            CrossoverError: the broker does not answer.
        """
        self._intake = self._open_intake()
        self.connected = True
        self._changed()

    def take(self, room: int, timeout: float, together: int = 1) -> Sequence[Delivery]:
        """Take at most `room` calls; none where the connection is lost: it is tried again then."""
        failures = self._attempts.failures
        try:
            found = self._current().take(room, timeout, together)
        except BrokenError as error:
            self._pause(failures, error, self._stop.asked)
            return []
        self._succeeded()
        return found

    def reply_many(self, answers: Sequence[Answer]) -> None:
        """Send outcomes, and acknowledge their calls.

        Raises:
            BrokenError: it was given up.
        """
        self._until_done(lambda intake: intake.reply_many(answers))

    def refuse(self, delivery: Delivery, reason: str) -> None:
        """Keep a call aside that must not be run.

        Raises:
            BrokenError: it was given up.
        """
        self._until_done(lambda intake: intake.refuse(delivery, reason))

    def begun(self, delivery: Delivery, note: bytes) -> None:
        """Tell the executor that a call runs; without a connection, tell nobody: its outcome is what counts."""
        if self._intake is not None and self.connected:
            with suppress(BrokenError):
                self._intake.begun(delivery, note)

    def give_back(self, *deliveries: Delivery) -> None:
        """Return calls to the broker; tried once.

        Raises:
            BrokenError: the broker does not answer.
        """
        self._current().give_back(*deliveries)

    def beat(self) -> None:
        """Tell the broker that what was taken is still worked on; connect again after a short pause."""
        if self._intake is None or time.monotonic() < self._beat_due:
            return
        try:
            self._intake.beat()
        except BrokenError:
            self._beat_due = time.monotonic() + random.uniform(*BEAT_PAUSE)  # noqa: S311 - no secret
        else:
            if self._beat_due:
                self._beat_due = 0.0
                self._attempts.reached()

    def close(self) -> None:
        """Disconnect."""
        intake, self._intake, self.connected = self._intake, None, False
        if intake is not None:
            with suppress(CrossoverError, OSError):
                intake.close()

    def _current(self) -> Intake:
        if self._intake is None:
            raise BrokenError("the connection to the broker was given up")
        return self._intake

    def _until_done(self, call: Callable[[Intake], None]) -> None:
        while True:
            failures = self._attempts.failures
            try:
                call(self._current())
            except BrokenError as error:
                self._pause(failures, error, self._stop.at_once)
                if self._stop.at_once.is_set():
                    raise
            else:
                self._succeeded()
                return

    def _succeeded(self) -> None:
        self._attempts.succeeded()
        self._set_connected(None)

    def _pause(self, failures: int, error: BrokenError, give_up: threading.Event) -> None:
        """Wait before the next attempt, unless it is given up."""
        if self._attempts.failed(failures):
            self._set_connected(error)
        self._attempts.wait(give_up)

    def _set_connected(self, error: BrokenError | None) -> None:
        """Note whether there is a connection: what was sent last has failed with an error, or succeeded."""
        with self._lock:
            if self.connected is (error is None):
                return
            self.connected = error is None
        self._changed()
        if error is None:
            self._events.tell("connected", "connected again")
        else:
            self._events.tell("disconnected", f"the connection is lost, it is made again: {error}", error=str(error))
