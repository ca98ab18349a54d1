"""The producer's side of RabbitMQ, once connected: publishes tasks, hears what became of them, takes outcomes."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from brokers.messages import Refused, read_outcomes, unpack
from brokers.rabbitmq.channel import ANSWER_WITHIN, RabbitmqChannel
from brokers.rabbitmq.client import connect, limit
from brokers.rabbitmq.queues import Queues
from crossover.contract.errors import BrokenError
from crossover.contract.safety import Safety
from crossover.contract.tasks import LateReceipt, Outcomes

MOST_UNCONFIRMED = 1_000  # messages under way until the next waits
MOST_UNSENT = 2**24  # bytes, likewise
GOODBYE_WITHIN = 2.0  # seconds for a new connection that removes the queues


class Producer:
    """Makes the queues of a run, and removes them. It connects when it is made.

    Attributes:
        limit: bytes of a message.
        receipts: what has become of tasks; whoever reads it empties it.

    Args:
        url: of the server.
        queues: of the run.
        reference: the function that its tasks ask for.
    """

    def __init__(self, url: str, queues: Queues, reference: str) -> None:
        self._url = url
        self._queues = queues
        self._reference = reference
        self.receipts: list[LateReceipt] = []
        self._arrived: deque[bytes] = deque()
        self._returned: set[int] = set()
        self._confirms = queues.safety is Safety.SAFE
        self._line = connect(url, f"crossover.{queues.run}.producer")
        self.limit = limit(self._line)

    def open(self) -> None:
        """Make the queues, and let outcomes come; what a failure leaves half done is removed by `close`."""
        line, queues = self._line, self._queues
        if self._confirms:
            line.confirm(self._confirmed)
            line.channel.add_on_return_callback(self._return)
        for queue in queues.names:
            line.ask(line.channel.queue_declare, queue, durable=True, arguments=queues.settings)
        line.ask(line.channel.basic_consume, queues.outcomes, self._arrive, auto_ack=True)

    def publish(self, messages: Sequence[tuple[int, int, bytes]]) -> None:
        """Put messages on their way: (first task, tasks, bytes) of each."""
        line, queue, properties = self._line, self._queues.tasks, self._queues.properties
        with line.carefully():
            for first, size, message in messages:
                line.publish(queue, message, properties, (first, size))
                if not self._confirms:
                    self.receipts.append(LateReceipt(first, size))

    def wait_for_room(self) -> None:
        """Wait while too much is under way.

        Raises:
            BrokenError: RabbitMQ does not take any of it in time.
        """
        line = self._line
        while (messages := len(line.unconfirmed)) >= MOST_UNCONFIRMED or line.unsent >= MOST_UNSENT:
            unsent = line.unsent
            if not line.wait(partial(self._less, messages, unsent), ANSWER_WITHIN):
                line.silent = bool(line.blocked)  # then it does not hear that the queues should go, either
                raise line.broken(line.blocked or f"nothing was taken or confirmed within {ANSWER_WITHIN:.0f} s")

    def take(self, limit: int, timeout: float) -> list[Outcomes]:
        """Return up to `limit` messages of outcomes; wait up to `timeout` seconds for the first."""
        arrived = self._arrived
        self._line.wait(lambda: arrived, timeout)
        messages = [arrived.popleft() for _ in range(min(limit, len(arrived)))]
        return [read_outcomes(message) for message in messages]

    def close(self) -> bool:
        """Remove the queues, over a new connection where ours is broken, and disconnect; return whether that worked."""
        line = self._line
        if line.silent:
            line.close()
            if not line.blocked:
                return False
        elif self._removed(line):
            return True
        with suppress(BrokenError):
            return self._removed(connect(self._url, f"crossover.{self._queues.run}.end", within=GOODBYE_WITHIN))
        return False

    def _less(self, messages: int, unsent: int) -> bool:
        return len(self._line.unconfirmed) < messages or self._line.unsent < unsent

    def _removed(self, line: RabbitmqChannel) -> bool:
        try:
            for queue in self._queues.names:
                line.ask(line.channel.queue_delete, queue)
        except BrokenError:
            return False
        finally:
            line.close()
        return True

    def _confirmed(self, what: tuple[int, int], taken: bool) -> None:  # noqa: FBT001 - as RabbitmqChannel calls it
        first, size = what
        refused = "" if taken else "RabbitMQ refused it"
        if first in self._returned:
            self._returned.discard(first)
            refused = "RabbitMQ returned it: it has no queue for it"
        self.receipts.append(LateReceipt(first, size, refused))

    def _return(self, channel: Any, method: Any, properties: Any, message: bytes) -> None:
        """Take note of what comes back; its confirm follows."""
        with suppress(Refused):
            self._returned.add(unpack(message, self._reference).first)

    def _arrive(self, channel: Any, method: Any, properties: Any, message: bytes) -> None:
        self._arrived.append(message)
