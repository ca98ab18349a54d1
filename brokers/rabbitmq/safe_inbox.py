"""The worker's side of RabbitMQ at the safe level: what is redelivered may be what another worker has died of."""

from __future__ import annotations

import time
from typing import Any

from pika import spec

from brokers.messages import Refused, unpack
from brokers.poison import REASON, PoisonCandidate, failed_outcomes
from brokers.rabbitmq.inbox import PATIENCE, RabbitmqInbox
from crossover.contract.tasks import Batch

LOOK = 1.0  # seconds between two looks
COUNT = "x-delivery-count"  # quorum queues say in it how often a message has come back


class SafeRabbitmqInbox(RabbitmqInbox):
    """Moves what is redelivered to a queue of its own, takes one message at a time from there, and runs it alone.

    RabbitMQ counts a delivery whenever a consumer dies with a message, be it only prefetched. From this queue nobody
    prefetches: what is counted there are deaths in the middle of this message, and of no other.
    """

    def open(self) -> None:
        """Connect, and let messages come."""
        self._suspect: PoisonCandidate | None = None  # taken and not yet begun
        self._said: list[PoisonCandidate | None] = []
        self._look_at = 0.0
        super().open()
        self._line.channel.add_callback(lambda _: self._said.append(None), [spec.Basic.GetEmpty], one_shot=False)

    def look_after(self) -> float:
        """Take one message, if there is any: once a second, and again as long as there is one."""
        if self._suspect is None and time.monotonic() >= self._look_at:
            self._settle()  # what was moved a moment ago is there then
            line = self._line
            with line.carefully():
                line.channel.basic_get(self._queues.left, self._take)
                line.expect(lambda: self._said, PATIENCE)
            suspect = self._suspect = self._said.pop()
            if suspect is None:
                self._look_at = time.monotonic() + LOOK
            else:
                self._arrived.append((suspect.tag, suspect.message, self._try))
        return LOOK

    def _take(self, channel: Any, method: Any, properties: Any, message: bytes) -> None:
        self._said.append(PoisonCandidate(method.delivery_tag, message, 1 + (properties.headers or {}).get(COUNT, 0)))

    def _arrive(self, channel: Any, method: Any, properties: Any, message: bytes) -> None:
        self._arrived.append((method.delivery_tag, message, self._move if method.redelivered else None))

    def _move(self, tag: int, message: bytes) -> list[Batch]:
        """Put a message where it is counted; like an outcome it is confirmed, then its delivery is acknowledged."""
        self._done.append((tag, self._queues.left, message))
        self._look_at = 0.0
        return []

    def _try(self, tag: int, message: bytes) -> list[Batch]:
        """Return what is to be run, after all that is done is safe; nothing where too many have died of it."""
        suspect, self._suspect = self._suspect, None
        try:
            batch = unpack(message, self._reference)
        except Refused as refused:
            return self._refuse(str(refused), tag, message)
        if suspect is not None and suspect.given_up:
            self._keep(REASON, message)
            self._put(tag, failed_outcomes(batch))
            return []
        self._settle()
        self._taken.append(tag)
        return [batch]

    def _settle(self) -> None:
        """Wait until what was sent is confirmed, and acknowledged."""
        self._line.expect(lambda: not self._line.unconfirmed, PATIENCE)
        self._line.turn()
