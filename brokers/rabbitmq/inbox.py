"""The worker's side of RabbitMQ: messages are pushed to it, and what is done goes back many at a time."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from brokers.broker_transport import FLUSH_AT, FLUSH_EVERY
from brokers.messages import Refused, pack_outcomes, unpack
from brokers.rabbitmq.client import connect, limit
from brokers.rabbitmq.dead_letters import dead_letter
from brokers.rabbitmq.queues import Queues
from crossover.contract.inbox import Inbox
from crossover.contract.safety import Safety
from crossover.contract.tasks import Batch, Outcomes

WAIT = 60.0  # seconds of a turn without tasks; the connection looks after itself meanwhile

Alone = Callable[[int, bytes], list[Batch]]
"""Deals with a message that nothing else may be dealt with beside, given its tag; returns what is to be run of it."""

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
        self._arrived: deque[tuple[int, bytes, Alone | None]] = deque()
        self._taken: deque[int] = deque()  # what was received and is not done
        self._done: list[tuple[int, str, bytes]] = []  # what is done and not sent: tag, where it goes, message
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
            if not self._line.wait(lambda: self._arrived, self.look_after()):
                continue
            if batches := self._read():
                return batches

    def reply(self, outcomes: Outcomes) -> None:
        """Keep outcomes until they are sent with others."""
        tag = self._taken.popleft()
        self._put(tag, outcomes)
        self._finished = outcomes.finished

    def acknowledge(self, batch: Batch) -> None:
        """Send everything when the last time was a millisecond ago; that is what acknowledges."""
        if self._finished - self._sent_at > FLUSH_EVERY or len(self._done) >= FLUSH_AT:
            self._send()
            self._line.turn()

    def look_after(self) -> float:
        """Take what dead workers have left; return how many seconds there is nothing else to do."""
        return WAIT

    def _arrive(self, channel: Any, method: Any, properties: Any, message: bytes) -> None:
        self._arrived.append((method.delivery_tag, message, None))

    def _send(self) -> None:
        """Publish what is done, and acknowledge it where nobody confirms."""
        self._sent_at = time.monotonic_ns()
        if not self._done:
            return
        line, properties = self._line, self._queues.properties
        with line.carefully():
            for tag, queue, message in self._done:
                line.publish(queue, message, properties, tag)
            self._last = self._done[-1][0]
            self._done.clear()
            if self._safety is Safety.DEFAULT:
                line.channel.basic_ack(self._last, multiple=True)

    def _confirmed(self, tag: int, taken: bool) -> None:  # noqa: FBT001 - as RabbitmqChannel calls it
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
        """Return the batches that have arrived; what must be dealt with alone comes last, and is then the first."""
        batches: list[Batch] = []
        while self._arrived:
            tag, message, alone = self._arrived[0]
            if alone is None:
                try:
                    batches.append(unpack(message, self._reference))
                except Refused as refused:
                    alone = partial(self._refuse, str(refused))
                else:
                    self._arrived.popleft()
                    self._taken.append(tag)
                    continue
            if not batches:
                self._arrived.popleft()
                batches += alone(tag, message)
            break
        return batches

    def _refuse(self, why: str, tag: int, message: bytes) -> list[Batch]:
        """Keep a message aside that is not for us, and tell the producer."""
        now = time.monotonic_ns()
        why = f"a message was refused: {self._keep(why, message)}"
        self._put(tag, Outcomes(-1, 1, [None], {0: why}, os.getpid(), now, now))
        return []

    def _keep(self, why: str, message: bytes) -> str:
        """Keep a message aside, if that can be done; return why, and what was wrong with that."""
        problem = dead_letter(self._url, f"{self._name}.aside", why, self._queues.tasks, message)
        return f"{why}; it could not be kept: {problem}" if problem else why

    def _put(self, tag: int, outcomes: Outcomes) -> None:
        self._done += [(tag, self._queues.outcomes, message) for message in pack_outcomes(outcomes, self._limit)]
