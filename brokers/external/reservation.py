"""A worker is reserved for one producer at a time."""

from __future__ import annotations

from crossover.contract.system import Clock

RESERVED_FOR = 30.0  # seconds after which a worker is free again, unless its producer renews the reservation


class Reservation:
    """Which producer this worker is reserved for, and until when: one that is killed cannot release it."""

    def __init__(self) -> None:
        self._producer = ""
        self._until = 0.0

    @property
    def producer(self) -> str:
        """The name of the producer that has the worker; empty: it is free."""
        return self._producer if Clock.monotonic() < self._until else ""

    def reserve(self, producer: str, seconds: float) -> str:
        """Reserve the worker if it is free; return the name of the producer that has it, or nothing.

        Args:
            producer: name of the producer that wants it; nothing: it only inquires.
            seconds: for how long from now on; 0 releases it.
        """
        now = Clock.monotonic()
        free = now > self._until or self._producer == producer
        if producer and free:
            self._producer, self._until = producer, now + seconds
        return self.producer
