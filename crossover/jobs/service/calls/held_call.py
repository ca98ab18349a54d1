"""A call that a worker has taken from the broker."""

from __future__ import annotations

import time
from collections.abc import Callable

from crossover.jobs.remote.job_queue import Delivery
from crossover.jobs.remote.messages import Call
from crossover.jobs.remote.wire.calls import Form
from crossover.jobs.task import Task


class HeldCall(Task):
    """A call with its delivery.

    Attributes:
        delivery: as it was taken.
        call: what it asks for.
        since: when it was taken, in seconds of the monotonic clock.
        seconds: that it ran; less than 0: it is not known.

    Args:
        delivery: as it was taken.
        call: what it asks for.
        body: of its message, whose signature was checked.
        begun: called when a process gets it.
    """

    __slots__ = ("_tell_begun", "call", "delivery", "seconds", "since")

    def __init__(self, delivery: Delivery, call: Call, body: bytes, begun: Callable[[HeldCall], None]) -> None:
        super().__init__(body, call.timeout)
        self.delivery = delivery
        self.call = call
        self.since = time.monotonic()
        self.seconds = -1.0
        self.repeats = call.safe and call.form is not Form.LINES  # their job does them again, each by itself
        self._tell_begun = begun

    def begin(self) -> bool:
        """A process takes it."""
        if self.begun:
            return True
        if super().begin():
            self._tell_begun(self)
        return self.begun
