"""A counter, a queue, a lock, a semaphore and an event in RabbitMQ. All of them are messages."""

from __future__ import annotations

import time
from typing import Any

import pika

from crossover.experiments.claims.servers.in_server import DEADLINE, EXPIRES, PAUSE, InServer


def connect(url: str) -> Any:
    """Return a connection."""
    parameters = pika.URLParameters(url)
    parameters.socket_timeout = parameters.stack_timeout = DEADLINE
    return pika.BlockingConnection(parameters)


class InRabbitmq(InServer):
    """What lies in RabbitMQ in a queue with its name, which the server deletes when nobody uses it any more."""

    kind = "rabbitmq"
    connect = staticmethod(connect)
    _channel: Any = None

    @property
    def channel(self) -> Any:
        """The channel of this process."""
        connection = self.client
        if self._channel is None or self._channel.connection is not connection:
            self._channel = connection.channel()
        return self._channel

    def create(self) -> None:
        """Declare the queue, before any process uses it; a quorum queue would drop what is given back too often."""
        arguments = {"x-queue-type": "classic", "x-expires": 1000 * EXPIRES}
        self.channel.queue_declare(self.name, durable=True, arguments=arguments)

    def publish(self, body: str) -> None:
        """Put a message into the queue."""
        self.channel.basic_publish(exchange="", routing_key=self.name, body=body.encode())

    def take(self, timeout: float) -> tuple[int, bytes] | None:
        """Return the tag and the body of a message, which is ours until it is acknowledged; None: none came in time."""
        deadline = time.monotonic() + timeout
        while (found := self.channel.basic_get(self.name))[0] is None:
            if time.monotonic() >= deadline:
                return None
            time.sleep(PAUSE)
        return found[0].delivery_tag, found[2]

    def remove(self) -> None:
        """Delete the queue, and disconnect."""
        self.channel.queue_delete(self.name)
        self.close()

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "_channel": None}


class Counter(InRabbitmq):
    """A counter: one message carries the number, and who has taken it puts back the next one."""

    def create(self) -> None:
        """Begin with 0."""
        super().create()
        self.publish("0")

    def add(self) -> None:
        """Add 1."""
        tag, number = _taken(self.take(DEADLINE))
        self.publish(str(int(number) + 1))
        self.channel.basic_ack(tag)

    def value(self) -> int:
        """Return what has been counted."""
        tag, number = _taken(self.take(DEADLINE))
        self.channel.basic_nack(tag, requeue=True)
        return int(number)


class Queue(InRabbitmq):
    """A queue: that is what RabbitMQ has."""

    def put(self, item: int) -> None:
        """Put an item at the end."""
        self.publish(str(item))

    def get(self) -> int:
        """Wait for an item, and take it."""
        tag, item = _taken(self.take(DEADLINE))
        self.channel.basic_ack(tag)
        return int(item)


class Semaphore(InRabbitmq):
    """A queue with n messages: who has taken one, and does not acknowledge it, is inside.

    Args:
        name: its own.
        places: n.
        lease: there is none; the server takes a message back when the connection of its holder breaks.
    """

    def __init__(self, name: str, places: int, lease: float = EXPIRES) -> None:
        super().__init__(name, lease)
        self.places = places
        self._tags: list[int] = []

    def create(self) -> None:
        """Put all messages."""
        super().create()
        for _ in range(self.places):
            self.publish("token")

    def acquire(self, *, timeout: float) -> bool:
        """Return whether we got a message in time."""
        if (taken := self.take(timeout)) is None:
            return False
        self._tags.append(taken[0])
        return True

    def release(self) -> None:
        """Give the message back."""
        self.channel.basic_nack(self._tags.pop(), requeue=True)


class Lock(Semaphore):
    """A queue with one message."""

    def __init__(self, name: str, lease: float = EXPIRES) -> None:
        super().__init__(name, 1, lease)


class Event(InRabbitmq):
    """An exchange that copies each message to the queues of all who listen; it keeps none."""

    _queue = ""  # the server gives it a name

    def create(self) -> None:
        """Declare the exchange: it goes with the last queue, and all queues go with their connections."""
        self.channel.exchange_declare(self.name, exchange_type="fanout", auto_delete=True)
        self.channel.queue_declare(self.name, exclusive=True)
        self.channel.queue_bind(self.name, self.name)

    def listen(self) -> None:
        """Have a queue of our own from now on."""
        if self._queue:
            return
        self._queue = self.channel.queue_declare("", exclusive=True).method.queue
        self.channel.queue_bind(self._queue, self.name)

    def set(self) -> None:
        """Wake all who listen."""
        self.channel.basic_publish(exchange=self.name, routing_key="", body=b"set")

    def wait(self, timeout: float) -> bool:
        """Return whether it was set in time, since we listen."""
        self.listen()
        for method, _, _ in self.channel.consume(self._queue, auto_ack=True, inactivity_timeout=timeout):
            return method is not None
        return False

    def clear(self) -> None:
        """Do nothing: nothing was kept."""

    def remove(self) -> None:
        """Delete the exchange, and disconnect."""
        self.channel.exchange_delete(self.name)
        super().remove()


def _taken(message: tuple[int, bytes] | None) -> tuple[int, bytes]:
    if message is None:
        raise TimeoutError("no message came in time")
    return message
