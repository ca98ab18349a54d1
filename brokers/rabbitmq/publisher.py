"""The producer's side of RabbitMQ: declares queues, publishes tasks, takes confirms, consumes outcomes."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from brokers.messages import Refused, read_outcomes, unpack
from brokers.rabbitmq.connection.channel import ANSWER_WITHIN, RabbitmqChannel
from brokers.rabbitmq.connection.client import connect, largest_message
from brokers.rabbitmq.queues import Queues
from crossover.contract.errors import BrokenError
from crossover.contract.safety import Safety
from crossover.contract.tasks import LateReceipt, Outcomes, Receipt

ACCEPTED, REFUSED = Receipt.ACCEPTED, Receipt.REFUSED  # looked up once: an attribute of an enum is slow
MOST_UNCONFIRMED = 1_000  # messages, from which on publishing waits
MOST_UNSENT = 2**24  # bytes, likewise
RECONNECT_WITHIN = 2.0  # seconds, to remove the queues


class RabbitmqPublisher:
    """Publishes tasks and consumes outcomes. It connects when it is created.

    Attributes:
        limit: bytes of a message, at most.
        receipts: of tasks; the caller that reads it empties it.

    Args:
        url: of the server.
        queues: of the run.
        reference: the function that its tasks request.
    """

    def __init__(self, url: str, queues: Queues, reference: str) -> None:
        self._url = url
        self._queues = queues
        self._reference = reference
        self.receipts: list[LateReceipt] = []
        self._arrived: deque[bytes] = deque()
        self._returned: set[int] = set()  # first tasks of messages that RabbitMQ returned and has yet to confirm
        self._confirms = queues.safety is Safety.SAFE
        self._channel = connect(url, f"crossover.{queues.run}.producer")
        self.limit = largest_message(self._channel)

    def open(self) -> None:
        """Declare the queues and consume outcomes; `close` removes what a failure leaves half done."""
        channel, queues = self._channel, self._queues
        if self._confirms:
            channel.confirm(self._on_confirmed)
            channel.pika.add_on_return_callback(self._on_returned)
        for queue in queues.names:
            channel.call(channel.pika.queue_declare, queue, durable=True, arguments=queues.settings)
        channel.call(channel.pika.basic_consume, queues.outcomes, self._on_message, auto_ack=True)

    def publish(self, messages: Sequence[tuple[int, int, bytes]]) -> None:
        """Publish messages.

        Args:
            messages: (first task, tasks, bytes) of each.
        """
        channel, queue, properties = self._channel, self._queues.tasks, self._queues.properties
        with channel.translate_errors():
            for first, size, message in messages:
                channel.publish(queue, message, properties, (first, size))
                if not self._confirms:
                    self.receipts.append(LateReceipt(first, size, ACCEPTED))

    def wait_for_room(self) -> None:
        """Wait while too much is unsent or unconfirmed.

        Raises:
            BrokenError: RabbitMQ takes and confirms nothing in time.
        """
        channel = self._channel
        while (messages := len(channel.unconfirmed)) >= MOST_UNCONFIRMED or channel.unsent_bytes >= MOST_UNSENT:
            unsent = channel.unsent_bytes
            if not channel.wait(partial(self._less, messages, unsent), ANSWER_WITHIN):
                channel.unresponsive = bool(channel.blocked)  # then it does not remove queues, either
                raise channel.failure(channel.blocked or f"nothing was taken or confirmed within {ANSWER_WITHIN:.0f} s")

    def collect(self, limit: int, timeout: float) -> list[Outcomes]:
        """Return up to `limit` messages of outcomes; wait up to `timeout` seconds for the first."""
        arrived = self._arrived
        self._channel.wait(lambda: arrived, timeout)
        messages = [arrived.popleft() for _ in range(min(limit, len(arrived)))]
        return [read_outcomes(message) for message in messages]

    def close(self) -> bool:
        """Remove the queues, over a new connection where this one is lost, and disconnect; return whether it worked."""
        channel = self._channel
        if channel.unresponsive:
            channel.close()
            if not channel.blocked:
                return False
        elif self._remove_queues(channel):
            return True
        with suppress(BrokenError):
            return self._remove_queues(connect(self._url, f"crossover.{self._queues.run}.end", within=RECONNECT_WITHIN))
        return False

    def _less(self, messages: int, unsent: int) -> bool:
        return len(self._channel.unconfirmed) < messages or self._channel.unsent_bytes < unsent

    def _remove_queues(self, channel: RabbitmqChannel) -> bool:
        try:
            for queue in self._queues.names:
                channel.call(channel.pika.queue_delete, queue)
        except BrokenError:
            return False
        finally:
            channel.close()
        return True

    def _on_confirmed(self, label: tuple[int, int], stored: bool) -> None:  # noqa: FBT001 - as RabbitmqChannel calls it
        first, size = label
        reason = "" if stored else "RabbitMQ refused it"
        if first in self._returned:
            self._returned.discard(first)
            reason = "RabbitMQ returned it: it has no queue for it"
        self.receipts.append(LateReceipt(first, size, REFUSED if reason else ACCEPTED, reason))

    def _on_returned(self, channel: Any, method: Any, properties: Any, message: bytes) -> None:
        """Take note of a message that was returned; its confirm follows."""
        with suppress(Refused):
            self._returned.add(unpack(message, self._reference).first)

    def _on_message(self, channel: Any, method: Any, properties: Any, message: bytes) -> None:
        self._arrived.append(message)
