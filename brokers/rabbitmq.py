"""rabbitmq: two queues, one for tasks and one for outcomes."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Annotated, Any, ClassVar

from msgspec import Meta
from msgspec.structs import replace
from pika import BasicProperties

from brokers.messages import Refused, unpack, unpack_outcomes
from brokers.rabbitmq_client import Queues, connect, facts, limit, unusable
from brokers.rabbitmq_line import ANSWER_WITHIN, Line
from brokers.rabbitmq_worker import RabbitmqInbox
from brokers.starting import AT_LEAST_ONCE, AT_MOST_ONCE, BrokerOptions, BrokerTransport
from crossover.contract.errors import BrokenError
from crossover.contract.inbox import Inbox
from crossover.contract.safety import Guarantee, Safety
from crossover.contract.tasks import LateReceipt, Outcomes

REDELIVERED_WITHIN = 2.0  # seconds; RabbitMQ does it as soon as it sees that the connection has gone
MOST_UNCONFIRMED = 1_000  # messages
MOST_UNSENT = 2**24  # bytes that wait for the connection until `submit` waits for them
GOODBYE_WITHIN = 2.0  # seconds for a new connection that removes the queues


class RabbitmqOptions(BrokerOptions, frozen=True):
    """How much a worker gets before it acknowledges.

    Attributes:
        prefetch: messages.
    """

    prefetch: Annotated[int, Meta(ge=1, le=10_000)] = 16


class RabbitmqTransport(BrokerTransport):
    """Two durable queues per run, through pika.

    fast: classic queues, transient messages, workers consume with auto-acknowledgement (then RabbitMQ knows no prefetch
    and deals out everything at once). default: classic queues, persistent messages, workers acknowledge after the
    outcome was published; nothing is confirmed. safe: quorum queues, persistent messages, mandatory publishes that are
    confirmed (up to 1,000 outstanding); workers acknowledge when their outcome has been confirmed.

    Accepted: at the safe level RabbitMQ has confirmed it; at the others it has been given to the connection.

    There are no heartbeats, because a task may take longer than they allow: RabbitMQ notices at once when a worker's
    process has ended, but when its machine has, only by consumer_timeout (30 minutes).

    Options: prefetch (messages that a worker gets before it acknowledges, 1 to 10000; default 16; pika: no limit).
    """

    name = "rabbitmq"
    server = "rabbitmq"
    options_type = RabbitmqOptions
    guarantees: ClassVar[Mapping[Safety, Guarantee]] = {
        Safety.FAST: AT_MOST_ONCE,
        Safety.DEFAULT: replace(AT_LEAST_ONCE, survives_broker=False),
        Safety.SAFE: AT_LEAST_ONCE,
    }

    _facts = ""
    _line: Line | None = None

    def __init__(self, options: Any, safety: Safety, place: str = "") -> None:
        super().__init__(options, safety, place)
        self.redelivery = 0.0 if safety is Safety.FAST else REDELIVERED_WITHIN

    @classmethod
    def unusable(cls, place: str = "") -> str | None:
        """Return why no RabbitMQ can be used there, or None where one can."""
        return unusable(place)

    def open(self) -> None:
        """Connect, and make the queues."""
        self._facts = self._facts or facts(self.at.url)
        self._arrived: deque[bytes] = deque()
        self._returned: set[int] = set()
        self._confirms = self.safety is Safety.SAFE
        self.queues = Queues(self.run, self.safety)
        self._line = line = connect(self.at.url, f"crossover.{self.run}.producer")
        self.limit = limit(line)
        if self._confirms:
            line.confirm(self._confirmed)
            line.channel.add_on_return_callback(self._return)
        for queue in (self.queues.tasks, self.queues.outcomes):
            line.ask(line.channel.queue_declare, queue, durable=True, arguments=self.queues.settings)
        line.ask(line.channel.basic_consume, self.queues.outcomes, self._arrive, auto_ack=True)

    def inbox(self, reference: str) -> Inbox:
        """Return a consumer."""
        return RabbitmqInbox(self.at.url, self.queues, reference, self.options.prefetch, self.safety)

    def flush(self) -> None:
        """Publish what is unsent; wait while too much of it is under way."""
        line = self._publish()
        line.wait(lambda: len(line.unconfirmed) < MOST_UNCONFIRMED and line.unsent < MOST_UNSENT, ANSWER_WITHIN)

    def collect(self, limit: int, timeout: float) -> Sequence[Outcomes]:
        """Publish what is unsent, and take outcomes."""
        arrived = self._arrived
        self._publish().wait(lambda: arrived, timeout)
        messages = [arrived.popleft() for _ in range(min(limit, len(arrived)))]
        return [found for message in messages if (found := _read(message))]

    def brokers(self) -> Mapping[str, str]:
        """Return the server's version."""
        return {"rabbitmq": self._facts} if self._facts else {}

    def names(self) -> Sequence[str]:
        """Return the names of both queues."""
        queues = Queues(self.run, self.safety)
        return queues.tasks, queues.outcomes

    def close(self) -> bool:
        """Remove the queues, over a new connection where ours is broken, and disconnect."""
        line, self._line = self._line, None
        if line is None:
            return True
        if line.silent:
            line.close()
            return False
        if _removed(line, self.queues):
            return True
        with suppress(BrokenError):
            return not line.silent and _removed(
                connect(self.at.url, f"crossover.{self.run}.end", within=GOODBYE_WITHIN), self.queues
            )
        return False

    def _publish(self) -> Line:
        line = self._line
        if line is None:
            raise BrokenError("it has been stopped")
        if self._unsent:
            queue, properties, confirms = self.queues.tasks, self.queues.properties, self._confirms
            with line.carefully():
                for first, size, message in self._unsent:
                    line.publish(queue, message, properties, (first, size))
            if confirms:
                self._unsent, self._unsent_bytes = [], 0
            else:
                self.sent([""] * len(self._unsent), str)
        return line

    def _confirmed(self, what: tuple[int, int], taken: bool) -> None:  # noqa: FBT001 - as Line calls it
        first, size = what
        refused = "" if taken else "RabbitMQ refused it"
        if first in self._returned:
            self._returned.discard(first)
            refused = "RabbitMQ returned it: it has no queue for it"
        self._receipts.append(LateReceipt(first, size, refused))

    def _return(self, channel: Any, method: Any, properties: BasicProperties, message: bytes) -> None:
        """Take note of what comes back; its confirm follows."""
        with suppress(Refused):
            self._returned.add(unpack(message, self._reference).first)

    def _arrive(self, channel: Any, method: Any, properties: BasicProperties, message: bytes) -> None:
        self._arrived.append(message)


def _removed(line: Line, queues: Queues) -> bool:
    """Remove the queues and disconnect; return whether that could be done."""
    try:
        for queue in (queues.tasks, queues.outcomes):
            line.ask(line.channel.queue_delete, queue)
    except BrokenError:
        return False
    finally:
        line.close()
    return True


def _read(message: bytes) -> Outcomes | None:
    """Return outcomes; what somebody else wrote there is nothing."""
    try:
        return unpack_outcomes(message)
    except Refused:
        return None
