"""A message to every `crossover worker` at a RabbitMQ, and its answers: queues that end with their connection."""

from __future__ import annotations

import uuid
from collections import deque
from typing import Any

from pika import BasicProperties

from brokers.rabbitmq.connection.client import connect

EXCHANGE = "amq.direct"  # which every virtual host has: a message goes to all queues with its routing key
WORKERS = "crossover.workers.{}"  # the routing key of the workers of a queue


class _Consumer:
    """A connection with a queue of its own.

    Args:
        url: of the server.
        name: of the connection.
        routing_key: of messages that come to the queue; empty: its own name.
    """

    def __init__(self, url: str, name: str, routing_key: str = "") -> None:
        self.reply_to = f"{name}.{uuid.uuid4().hex}"
        self._arrived: deque[bytes] = deque()
        self._channel = channel = connect(url, name)
        try:
            channel.call(channel.pika.queue_declare, self.reply_to, exclusive=True, auto_delete=True)
            if routing_key:
                channel.call(channel.pika.queue_bind, self.reply_to, EXCHANGE, routing_key)
            channel.call(channel.pika.basic_consume, self.reply_to, self._on_message, auto_ack=True, exclusive=True)
        except BaseException:
            channel.close()
            raise

    def receive(self, timeout: float) -> bytes | None:
        """Return a message; after a number of seconds, None.

        Raises:
            BrokenError: the connection is lost.
        """
        self._channel.wait(lambda: self._arrived, timeout)
        return self._arrived.popleft() if self._arrived else None

    def publish(self, exchange: str, routing_key: str, message: bytes) -> None:
        """Send a message.

        Raises:
            BrokenError: the connection is lost.
        """
        with self._channel.translate_errors():
            self._channel.pika.basic_publish(exchange, routing_key, message, BasicProperties())
            self._channel.process_events()

    def close(self) -> None:
        """Disconnect."""
        self._channel.close()

    def _on_message(self, channel: Any, method: Any, properties: Any, message: bytes) -> None:
        self._arrived.append(message)


class RabbitmqCaller(_Consumer):
    """The producer's side.

    Args:
        url: of the server.
        queue: of the workers.
    """

    def __init__(self, url: str, queue: str) -> None:
        self._routing_key = WORKERS.format(queue)
        super().__init__(url, "crossover.caller")

    def send(self, message: bytes) -> None:
        """Send to all workers; RabbitMQ does not tell how many hear it."""
        self.publish(EXCHANGE, self._routing_key, message)


class RabbitmqListener(_Consumer):
    """The worker's side.

    Args:
        url: of the server.
        queue: of the workers.
    """

    def __init__(self, url: str, queue: str) -> None:
        super().__init__(url, "crossover.worker", WORKERS.format(queue))

    def reply(self, reply_to: str, message: bytes) -> None:
        """Send an answer."""
        self.publish("", reply_to, message)
