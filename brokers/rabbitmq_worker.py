"""The worker's side of RabbitMQ: messages are pushed to it, and what is done goes back many at a time."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Sequence
from typing import Any

from brokers.messages import Refused, pack_outcomes, unpack
from brokers.rabbitmq_aside import put_aside
from brokers.rabbitmq_client import connect, limit
from brokers.rabbitmq_queues import Queues
from brokers.starting import FLUSH_AT, FLUSH_EVERY
from crossover.contract.inbox import Inbox
from crossover.contract.safety import Safety
from crossover.contract.tasks import Batch, Outcomes

WAIT = 60.0  # seconds of a turn without tasks; the connection looks after itself meanwhile

PATIENCE = 30.0  # seconds that a silent server is given; it is the producer who gives it up first, and says so


class RabbitmqInbox(Inbox):
    """A consumer. What is done is sent after a millisecond at the latest, or when there is nothing else to do.

    It acknowledges what it has done up to a message, after the outcomes were published; at the safe level after
    RabbitMQ has confirmed them.

    Args:
        url: of the server.
        queues: of the run.
        reference: the one function that this worker runs.
        prefetch: messages that it gets before it acknowledges.
    """

    def __init__(self, url: str, queues: Queues, reference: str, prefetch: int) -> None:
        self._url = url
        self._queues = queues
        self._reference = reference
        self._prefetch = prefetch
        self._safety = queues.safety

    def open(self) -> None:
        """Connect, and let messages come."""
        self._arrived: deque[tuple[int, bytes]] = deque()
        self._taken: deque[int] = deque()  # what was received and is not done
        self._done: list[tuple[int, bytes]] = []  # what is done and not sent
        self._last = self._acknowledged = 0
        self._sent_at = 0
        self._name = f"crossover.{self._queues.run}.worker-{os.getpid()}"
        self._line = connect(self._url, self._name, prefetch=self._prefetch, patience=PATIENCE)
        self._limit = limit(self._line)
        if self._safety is Safety.SAFE:
            self._line.confirm(self._confirmed)
            self._line.channel.add_on_return_callback(self._return)
        self._line.ask(
            self._line.channel.basic_consume, self._queues.tasks, self._arrive, auto_ack=self._safety is Safety.FAST
        )

    def receive(self) -> Sequence[Batch]:
        """Send what is done, and wait for more."""
        while True:
            self._send()
            if not self._line.wait(lambda: self._arrived, WAIT):
                continue
            if batches := self._read():
                return batches

    def reply(self, outcomes: Outcomes) -> None:
        """Keep outcomes until they are sent with others."""
        tag = self._taken.popleft()
        self._done += [(tag, message) for message in pack_outcomes(outcomes, self._limit)]
        self._finished = outcomes.finished

    def acknowledge(self, batch: Batch) -> None:
        """Send everything when the last time was a millisecond ago; that is what acknowledges."""
        if self._finished - self._sent_at > FLUSH_EVERY or len(self._done) >= FLUSH_AT:
            self._send()
            self._line.turn()

    def _arrive(self, channel: Any, method: Any, properties: Any, message: bytes) -> None:
        self._arrived.append((method.delivery_tag, message))

    def _send(self) -> None:
        """Publish what is done, and acknowledge it where nobody confirms."""
        self._sent_at = time.monotonic_ns()
        if not self._done:
            return
        line, queue, properties = self._line, self._queues.outcomes, self._queues.properties
        with line.carefully():
            for tag, message in self._done:
                line.publish(queue, message, properties, tag)
            self._last = self._done[-1][0]
            self._done.clear()
            if self._safety is Safety.DEFAULT:
                line.channel.basic_ack(self._last, multiple=True)

    def _confirmed(self, tag: int, taken: bool) -> None:  # noqa: FBT001 - as Line calls it
        """Acknowledge what has been confirmed; all before it has been, too."""
        channel, waiting = self._line.channel, self._line.unconfirmed
        if not channel.is_open:
            return
        if not taken:
            channel.close()  # what we have goes to another worker
            return
        upto = next(iter(waiting.values())) - 1 if waiting else self._last
        if upto > self._acknowledged:
            self._acknowledged = upto
            channel.basic_ack(upto, multiple=True)

    def _return(self, *_: Any) -> None:
        """End: there is nobody to send outcomes to."""
        if self._line.channel.is_open:
            self._line.channel.close()

    def _read(self) -> list[Batch]:
        """Return the batches that have arrived; one that is not for us comes last, and is then dealt with first."""
        batches: list[Batch] = []
        while self._arrived:
            tag, message = self._arrived[0]
            try:
                batches.append(unpack(message, self._reference))
            except Refused as refused:
                if not batches:
                    self._arrived.popleft()
                    self._put_aside(tag, message, str(refused))
                return batches
            self._arrived.popleft()
            self._taken.append(tag)
        return batches

    def _put_aside(self, tag: int, message: bytes, why: str) -> None:
        """Keep a message aside that is not for us, if that can be done, and tell the producer."""
        if problem := put_aside(self._url, f"{self._name}.aside", why, self._queues.tasks, message):
            why += f"; it could not be kept: {problem}"
        now = time.monotonic_ns()
        told = Outcomes(-1, 1, [None], {0: f"a message was refused: {why}"}, os.getpid(), now, now)
        self._done += [(tag, message) for message in pack_outcomes(told, self._limit)]
