"""The connection of a worker to its broker, which is made again when it is lost."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar

from crossover.contract.errors import BrokenError, CrossoverError
from crossover.jobs.remote.job_queue import Delivery, Intake
from crossover.jobs.service.events import Events

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 30.0  # seconds
T = TypeVar("T")


def pause_before(attempt: int) -> float:
    """Return the pause before an attempt to connect, in seconds: anything up to a bound that doubles (full jitter).

    After https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter: workers that have lost the same
    broker do not all come back at the same moment.

    Args:
        attempt: from 0.
    """
    return random.uniform(0, min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(attempt, 16)))  # noqa: S311 - no secret


class Link:
    """An Intake that outlives the connection: methods wait until there is one again.

    Attributes:
        connected: whether there is a connection.

    Args:
        open_intake: connects.
        heals: whether an intake connects again by itself, and then still holds what it held.
        events: says when the connection is lost, and when it is there again.
        give_up: set when nothing is to be waited for any more.
        changed: called when `connected` has changed.
    """

    def __init__(
        self,
        open_intake: Callable[[], Intake],
        events: Events,
        give_up: threading.Event,
        changed: Callable[[], None],
        *,
        heals: bool,
    ) -> None:
        self._open_intake, self._heals = open_intake, heals
        self._events, self._give_up, self._changed = events, give_up, changed
        self._lock = threading.Lock()
        self._intake: Intake | None = None
        self._failures = 0  # since the last thing that succeeded
        self.connected = False

    def open(self) -> None:
        """Connect for the first time.

        Raises:
            CrossoverError: the broker does not answer.
        """
        self._intake = self._open_intake()
        self.connected = True
        self._changed()

    def take(self, room: int, timeout: float) -> Sequence[Delivery]:
        """Take at most `room` calls.

        Raises:
            BrokenError: it was given up.
        """
        return self._until_done(lambda intake: intake.take(room, timeout))

    def reply(self, delivery: Delivery, outcome: bytes) -> None:
        """Send an outcome, and acknowledge its call.

        Raises:
            BrokenError: it was given up.
        """
        self._until_done(lambda intake: intake.reply(delivery, outcome))

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

    def give_back(self, delivery: Delivery) -> None:
        """Return a call to the broker; tried once.

        Raises:
            BrokenError: the broker does not answer.
        """
        if self._intake is None:
            raise BrokenError("the connection to the broker was given up")
        self._intake.give_back(delivery)

    def beat(self) -> None:
        """Tell the broker that what was taken is still worked on."""
        if self._intake is not None and self.connected:
            with suppress(BrokenError):  # what is sent next finds out, and connects again
                self._intake.beat()

    def close(self) -> None:
        """Disconnect."""
        intake, self._intake, self.connected = self._intake, None, False
        if intake is not None:
            with suppress(CrossoverError, OSError):
                intake.close()

    def _until_done(self, call: Callable[[Intake], T]) -> T:
        while (intake := self._intake) is not None:
            try:
                done = call(intake)
            except BrokenError as error:
                self._repair(intake, error)
            else:
                self._failures = 0
                self._set_connected(None)
                return done
        raise BrokenError("the connection to the broker was given up")

    def _repair(self, lost: Intake, error: BrokenError) -> None:
        """Wait, and connect again, unless another thread has done so.

        Raises:
            BrokenError: it was given up.
        """
        with self._lock:
            if self._intake is not lost:
                return
            self._set_connected(error)
            pause = pause_before(self._failures)
            self._failures += 1
            if self._give_up.wait(pause):
                raise error
            if not self._heals:
                with suppress(CrossoverError):
                    made = self._open_intake()
                    self._intake = made
                    with suppress(CrossoverError, OSError):
                        lost.close()

    def _set_connected(self, error: BrokenError | None) -> None:
        """Note whether there is a connection: what was sent last has failed with an error, or succeeded."""
        if self.connected is (error is None):
            return
        self.connected = error is None
        self._changed()
        if error is None:
            self._events.tell("connected", "connected again")
        else:
            self._events.tell("disconnected", f"the connection is lost, it is made again: {error}", error=str(error))
