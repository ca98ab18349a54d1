"""The worker's side of RabbitMQ at the safe level: a redelivered message may be the one that killed a worker."""

from __future__ import annotations

from typing import Any

from pika import spec

from brokers.messages import Refused, unpack
from brokers.poison import GIVEN_UP_REASON, PoisonCandidate, failed_outcomes
from brokers.rabbitmq.inbox import PATIENCE, RabbitmqInbox
from crossover.contract.system import Clock
from crossover.contract.tasks import Batch

LOOK_EVERY = 1.0  # seconds between two looks into the queue of candidates
DELIVERY_COUNT = "x-delivery-count"  # header in which quorum queues count redeliveries


class SafeRabbitmqInbox(RabbitmqInbox):
    """Moves redelivered messages to the queue of poison candidates, takes one at a time from there, and runs it alone.

    RabbitMQ counts a redelivery whenever a consumer dies with a message, even if it was only prefetched. The queue of
    candidates has no consumers that prefetch, so its count is the number of deaths while this one message was running;
    and of the times that it was running for longer than consumer_timeout.
    """

    def connect(self) -> None:
        """Connect and consume, for the first time or again."""
        self._candidate: PoisonCandidate | None = None  # taken and not yet started
        self._answers: list[PoisonCandidate | None] = []  # to basic_get
        self._look_at = 0.0
        super().connect()
        self._channel.pika.add_callback(lambda _: self._answers.append(None), [spec.Basic.GetEmpty], one_shot=False)

    def take_candidate(self) -> float:
        """Take one candidate: once a second, and again as long as there is one."""
        if self._candidate is None and Clock.monotonic() >= self._look_at:
            self._settle()  # a message that was just moved is in the queue then
            channel = self._channel
            with channel.translate_errors():
                channel.pika.basic_get(self._queues.candidates, self._on_candidate)
                channel.expect(lambda: self._answers, PATIENCE)
            candidate = self._candidate = self._answers.pop()
            if candidate is None:
                self._look_at = Clock.monotonic() + LOOK_EVERY
            else:
                self._arrived.append((candidate.tag, candidate.message, self._run_alone))
        return LOOK_EVERY

    def _on_candidate(self, channel: Any, method: Any, properties: Any, message: bytes) -> None:
        deaths = 1 + (properties.headers or {}).get(DELIVERY_COUNT, 0)
        self._answers.append(PoisonCandidate(method.delivery_tag, message, deaths))

    def _on_message(self, channel: Any, method: Any, properties: Any, message: bytes) -> None:
        self._arrived.append((method.delivery_tag, message, self._move if method.redelivered else None))

    def _move(self, tag: int, message: bytes) -> list[Batch]:
        """Move a message to the candidates; like an outcome it is confirmed, then its delivery is acknowledged."""
        self._done.append((tag, self._queues.candidates, message))
        self._look_at = 0.0
        return []

    def _run_alone(self, tag: int, message: bytes) -> list[Batch]:
        """Return the batch to run, once all that is done is safe; nothing where too many workers have died of it."""
        candidate, self._candidate = self._candidate, None
        try:
            batch = unpack(message, self._reference)
        except Refused as refused:
            return self._refuse(str(refused), tag, message)
        if candidate is not None and candidate.given_up:
            self._put(tag, failed_outcomes(batch, self._dead_letter(GIVEN_UP_REASON, message)))
            return []
        self._settle()
        self._taken.append(tag)
        return [batch]

    def _settle(self) -> None:
        """Wait until everything published is confirmed, and acknowledge it."""
        self._channel.expect(lambda: not self._channel.unconfirmed, PATIENCE)
        self._channel.process_events()
