"""rabbitmq-owner: one process owns the counter; workers send it requests through a queue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from pika import BasicProperties

from brokers.rabbitmq.connection.channel import ANSWER_WITHIN, RabbitmqChannel
from brokers.rabbitmq.connection.client import connect, remove_names
from brokers.rabbitmq.queues import UNUSED_FOR
from brokers.server_state import ServerState
from crossover.contract.counters import Counter, counter_value
from crossover.contract.errors import BrokenError
from crossover.contract.system import getpid
from crossover.contract.text import describe
from crossover.contract.traits import StateTraits
from crossover.workers.fleet import context_for, interrupts_held_back
from crossover.workers.processes.lifetime import Readiness, end
from crossover.workers.processes.parent_end import die_with_parent

IDLE_WAIT = 60.0  # seconds of one wait for requests; the connection is checked meanwhile
REPLIES = "amq.rabbitmq.reply-to"  # pseudo-queue: RabbitMQ sends what is published there straight to the requester
ADD, READ = b"add", b"read"


class RabbitmqOwner(ServerState):
    """A counter in the memory of one process, the owner, which is the only consumer of a queue of requests."""

    traits = StateTraits(name="rabbitmq-owner", made_safe_by="one consumer owns it", safe=True, server="rabbitmq")

    _owner: BaseProcess | None = None
    _client: OwnerClient | None = None

    def names(self) -> Sequence[str]:
        """Return the name of the queue."""
        return (f"crossover.{self.run}.adds",)

    def open(self) -> None:
        """Start the owner, which declares the queue."""
        context = context_for(None)
        readiness = Readiness(context)
        (queue,) = self.names()
        try:
            with interrupts_held_back():
                self._owner = context.Process(target=_own, args=(self.at.url, queue, readiness.reports), daemon=True)  # type: ignore[attr-defined]  # typeshed: every concrete context has it
                self._owner.start()
            readiness.wait(1, lambda: self._owner is not None and self._owner.exitcode is not None)
        finally:
            readiness.close()
        self._client = OwnerClient(self.at.url, queue)

    def counter(self) -> Counter:
        """Return a worker's side."""
        return OwnerCounter(self.at.url, *self.names())

    def read(self) -> int:
        """Request the value from the owner."""
        if self._client is None or self._owner is None or not self._owner.is_alive():
            raise BrokenError("the owner is dead, and the counter with it")
        return self._client.request(READ)

    def processes(self) -> Mapping[str, Sequence[int]]:
        """Return the owner, and the processes of a private server."""
        owner = [self._owner.pid] if self._owner is not None and self._owner.pid is not None else []
        return {**super().processes(), "owner": owner}

    def close(self) -> bool:
        """End the owner, and remove the queue; return whether that worked."""
        owner, self._owner = self._owner, None
        client, self._client = self._client, None
        if owner is not None and owner.pid is not None:
            end([owner.pid], owner.terminate)
            owner.join(1)
        try:
            if client is not None:
                client.close()
            remove_names(self.at.url, self.names(), (), f"crossover.{self.run}.end")
        except BrokenError:
            return False
        return True


def _own(url: str, queue: str, ready: Connection) -> None:
    """Run the owner: report readiness through a pipe, then answer requests until this process is ended."""
    die_with_parent()
    try:
        channel = connect(url, f"{queue}.owner")
        requests: list[tuple[str, bytes]] = []
        settings = {"x-queue-type": "classic", "x-expires": UNUSED_FOR}
        channel.call(channel.pika.queue_declare, queue, durable=True, arguments=settings)
        channel.call(
            channel.pika.basic_consume,
            queue,
            lambda _, __, properties, request: requests.append((properties.reply_to, request)),
            auto_ack=True,
        )
    except BaseException as error:
        ready.send((getpid(), describe(error)))
        return
    ready.send((getpid(), None))
    _answer(channel, requests)


def _answer(channel: RabbitmqChannel, requests: list[tuple[str, bytes]]) -> None:
    """Answer requests one after the other until this process is ended."""
    value, properties = 0, BasicProperties()
    while True:
        channel.wait(lambda: requests, IDLE_WAIT)
        for reply_to, request in requests:
            value += request == ADD
            channel.publish(reply_to, b"%d" % value, properties)
        requests.clear()


class OwnerClient:
    """Sends requests to the owner, one at a time.

    Args:
        url: of the server.
        queue: that the owner consumes.
    """

    def __init__(self, url: str, queue: str) -> None:
        self._queue = queue
        self._replies: list[bytes] = []
        self._properties = BasicProperties(reply_to=REPLIES)
        self._channel = connect(url, f"{queue}.client-{getpid()}")
        self._channel.call(self._channel.pika.basic_consume, REPLIES, self._on_reply, auto_ack=True)

    def request(self, request: bytes) -> int:
        """Send ADD or READ, and return the value in the reply.

        Raises:
            BrokenError: no reply came in time, or it is no number.
        """
        channel, replies = self._channel, self._replies
        with channel.translate_errors():
            channel.publish(self._queue, request, self._properties)
            channel.expect(lambda: replies, ANSWER_WITHIN)
        return counter_value(replies.pop())

    def close(self) -> None:
        """Disconnect."""
        self._channel.close()

    def _on_reply(self, channel: Any, method: Any, properties: Any, reply: bytes) -> None:
        self._replies.append(reply)


class OwnerCounter(Counter):
    """The counter, as a worker sees it.

    Args:
        url: of the server.
        queue: that the owner consumes.
    """

    def __init__(self, url: str, queue: str) -> None:
        self._url = url
        self._queue = queue

    def open(self) -> None:
        """Connect."""
        self._client = OwnerClient(self._url, self._queue)

    def add(self) -> int:
        """Request an addition."""
        return self._client.request(ADD)

    def close(self) -> None:
        """Disconnect."""
        self._client.close()
