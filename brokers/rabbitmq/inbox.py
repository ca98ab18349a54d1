"""The worker's side of RabbitMQ: messages are pushed to it, and outcomes are published many at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from brokers.broker_transport import FLUSH_AT, FLUSH_EVERY
from brokers.messages import Refused, pack_outcomes, refusal_outcomes, unpack
from brokers.poison import not_kept
from brokers.rabbitmq.connection.client import connect, largest_message
from brokers.rabbitmq.dead_letters import dead_letter
from brokers.rabbitmq.queues import Queues
from crossover.contract.errors import BrokenError
from crossover.contract.inbox import Inbox
from crossover.contract.safety import Safety
from crossover.contract.system import Clock, getpid
from crossover.contract.tasks import Batch, Done, Outcomes, Task

IDLE_WAIT = 60.0  # seconds of one wait for messages; the connection is checked meanwhile
PATIENCE = 30.0  # seconds that a silent server has to answer; the producer gives up earlier, and reports it

LOOK_AFTER = 500_000_000  # nanoseconds of work, after which to look whether RabbitMQ has closed the connection
SLOW = 1_000_000_000  # nanoseconds of a task, after which messages are taken one by one: they may be delivered again
MOST_RECONNECTIONS = 10  # without an outcome in between
STALE = 0  # in place of a tag: RabbitMQ delivers the message again, to this worker or another one

HandleAlone = Callable[[int, bytes], list[Batch]]
"""Handles a message that must not be handled together with others. Gets its tag and body; returns what is to run."""


class RabbitmqInbox(Inbox):
    """A consumer. Outcomes are published after a millisecond at the latest, or when there is nothing else to do.

    Where RabbitMQ closes the connection or the channel, for its consumer_timeout for example, it delivers what was not
    acknowledged again. This worker then connects again, and publishes the outcomes of what it was working on.

    It acknowledges all messages up to the last one done, after their outcomes were published; at the safe level after
    RabbitMQ has confirmed these.

    Args:
        url: of the server.
        queues: of the run.
        reference: the one function that this worker runs.
        prefetch: messages that it receives before it acknowledges.
    """

    def __init__(self, url: str, queues: Queues, reference: str, prefetch: int) -> None:
        self._url = url
        self._queues = queues
        self._reference = reference
        self._prefetch = prefetch
        self._safety = queues.safety

    def open(self) -> None:
        """Connect and consume."""
        self._taken: deque[int] = deque()  # tags of what was received and is not done
        self._done: list[tuple[int, str, bytes]] = []  # what is done and not sent: (tag, queue to publish to, body)
        self._reconnections = 0
        self._refusal = ""  # why RabbitMQ has not taken an outcome
        self._slow = False
        self._sent_at = Clock.monotonic_ns()
        self._name = f"crossover.{self._queues.run}.worker-{getpid()}"
        self.connect()

    def connect(self) -> None:
        """Connect and consume, for the first time or again."""
        self._arrived: deque[tuple[int, bytes, HandleAlone | None]] = deque()  # (tag, body, how to handle it alone)
        self._last = self._acknowledged = 0  # tags
        self._channel = connect(self._url, self._name, prefetch=self._prefetch, patience=PATIENCE)
        self._limit = largest_message(self._channel)
        if self._safety is Safety.SAFE:
            self._channel.confirm(self._on_confirmed)
            self._channel.pika.add_on_return_callback(self._on_returned)
        self._channel.call(
            self._channel.pika.basic_consume,
            self._queues.tasks,
            self._on_message,
            auto_ack=self._safety is Safety.FAST,
        )

    def receive(self) -> Sequence[Batch]:
        """Publish what is done, and wait for more."""
        while True:
            try:
                self._publish()
                if self._channel.wait(lambda: self._arrived, self.take_candidate()) and (batches := self._read()):
                    return batches
            except BrokenError as error:
                self._reconnect(error)

    def reply(self, outcomes: Outcomes | Done) -> None:
        """Keep outcomes until they are published with others."""
        assert isinstance(outcomes, Outcomes)
        if outcomes.finished - self._sent_at > LOOK_AFTER:
            self._look()
        self._put(self._taken.popleft(), outcomes)
        self._finished = outcomes.finished
        self._slow = outcomes.finished - outcomes.started > SLOW
        self._reconnections = 0

    def acknowledge(self, batch: Batch | Task) -> None:
        """Publish everything if the last time was a millisecond ago; that is what acknowledges."""
        if self._finished - self._sent_at > FLUSH_EVERY or len(self._done) >= FLUSH_AT:
            try:
                self._publish()
                self._channel.process_events()
            except BrokenError as error:
                self._reconnect(error)

    def _look(self) -> None:
        """Look whether RabbitMQ has closed the connection, before anything is published there in vain."""
        try:
            self._channel.process_events()
        except BrokenError as error:
            self._reconnect(error)

    def _reconnect(self, error: BrokenError) -> None:
        """Connect again. What was published and not confirmed is delivered again, for it was not acknowledged, either.

        Raises:
            BrokenError: there is no connection; or what was delivered is lost with the old one, as at the fast level.
        """
        self._reconnections += 1
        if self._safety is Safety.FAST or self._channel.unresponsive or self._reconnections > MOST_RECONNECTIONS:
            raise error
        if self._refusal:
            raise self._channel.failure(self._refusal)
        self._channel.close()
        self._taken = deque(STALE for _ in self._taken)
        self._done = [(STALE, queue, message) for _, queue, message in self._done if queue == self._queues.outcomes]
        try:
            self.connect()
        except BrokenError as again:
            if again.__cause__ is None:  # nothing answers
                raise
            self._reconnect(again)

    def take_candidate(self) -> float:
        """Take a poison candidate, at the safe level; return for how many seconds there is nothing else to do."""
        return IDLE_WAIT

    def _on_message(self, channel: Any, method: Any, properties: Any, message: bytes) -> None:
        self._arrived.append((method.delivery_tag, message, None))

    def _publish(self) -> None:
        """Publish what is done, and acknowledge it where there are no confirms."""
        self._sent_at = Clock.monotonic_ns()
        if not self._done:
            return
        channel, properties = self._channel, self._queues.properties
        with channel.translate_errors():
            for tag, queue, message in self._done:
                channel.publish(queue, message, properties, tag)
            self._last = self._done[-1][0]
            self._done.clear()
            if self._safety is Safety.DEFAULT and self._last > self._acknowledged:
                self._acknowledged = self._last
                channel.pika.basic_ack(self._last, multiple=True)

    def _on_confirmed(self, tag: int, stored: bool) -> None:  # noqa: FBT001 - as RabbitmqChannel calls it
        """Acknowledge what has been confirmed, and with it all earlier messages."""
        channel, unconfirmed = self._channel.pika, self._channel.unconfirmed
        if not channel.is_open:
            return
        if not stored:
            self._refusal = "it refused an outcome"
            channel.close()  # RabbitMQ delivers what this worker has to another one
            return
        upto = next(iter(unconfirmed.values())) - 1 if unconfirmed else self._last
        if upto > self._acknowledged:
            self._acknowledged = upto
            channel.basic_ack(upto, multiple=True)

    def _on_returned(self, *_: Any) -> None:
        """Close the channel: the queue of outcomes is gone."""
        self._refusal = "the queue of outcomes is gone"
        if self._channel.pika.is_open:
            self._channel.pika.close()

    def _read(self) -> list[Batch]:
        """Return the batches that have arrived, up to a message that must be handled alone; that one comes next."""
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
                    if self._slow:
                        break
                    continue
            if not batches:
                self._arrived.popleft()
                batches += alone(tag, message)
            break
        return batches

    def _refuse(self, reason: str, tag: int, message: bytes) -> list[Batch]:
        """Keep aside a message that this worker must not run, and tell the producer."""
        problem = self._dead_letter(reason, message)
        self._put(tag, refusal_outcomes(f"a message was refused: {not_kept(reason, problem)}", getpid()))
        return []

    def _dead_letter(self, reason: str, message: bytes) -> str | None:
        """Keep a message aside; return why that failed, or None."""
        return dead_letter(self._url, f"{self._name}.dead-letter", reason, self._queues.tasks, message)

    def _put(self, tag: int, outcomes: Outcomes) -> None:
        self._done += [(tag, self._queues.outcomes, message) for message in pack_outcomes(outcomes, self._limit)]
