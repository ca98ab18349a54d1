"""rabbitmq: two queues, one for tasks and one for outcomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar

from msgspec import Meta
from msgspec.structs import replace

from brokers.broker_transport import AT_LEAST_ONCE, AT_MOST_ONCE, BrokerOptions, BrokerTransport
from brokers.rabbitmq.inbox import RabbitmqInbox
from brokers.rabbitmq.publisher import Producer
from brokers.rabbitmq.queues import Queues
from brokers.rabbitmq.safe_inbox import SafeRabbitmqInbox
from crossover.contract.errors import BrokenError
from crossover.contract.inbox import Inbox
from crossover.contract.safety import Guarantee, Safety
from crossover.contract.tasks import LateReceipt, Outcomes

REDELIVERED_WITHIN = (
    3.0  # seconds; RabbitMQ does it when it sees that the connection has gone, workers look each second
)


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
    confirmed (up to 1,000 outstanding); workers acknowledge when their outcome has been confirmed;
    what is redelivered goes to a queue of its own, whence a worker takes one message at a time, and keeps aside what
    three have died of.

    Accepted: at the safe level RabbitMQ has confirmed it; at the others it has been given to the connection.

    There are no heartbeats, because a task may take longer than they allow: RabbitMQ notices at once when a worker's
    process has ended, but when its machine has, only by consumer_timeout (30 minutes; no task may take longer).

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

    _producer: Producer | None = None

    def __init__(self, options: Any, safety: Safety, server_address: str = "") -> None:
        super().__init__(options, safety, server_address)
        self.redelivery = 0.0 if safety is Safety.FAST else REDELIVERED_WITHIN

    def open(self) -> None:
        """Connect, and make the queues."""
        self._queues = Queues(self.run, self.safety)
        self._producer = Producer(self.at.url, self._queues, self._reference)
        self.limit = self._producer.limit
        self._producer.open()

    def inbox(self, reference: str) -> Inbox:
        """Return a consumer."""
        kind = SafeRabbitmqInbox if self.safety is Safety.SAFE else RabbitmqInbox
        return kind(self.at.url, self._queues, reference, self.options.prefetch)

    def flush(self) -> None:
        """Publish what is unsent; wait while too much of it is under way."""
        self._publish().wait_for_room()

    def collect(self, limit: int, timeout: float) -> Sequence[Outcomes]:
        """Publish what is unsent, and take outcomes."""
        return self._publish().take(limit, timeout)

    def receipts(self) -> Sequence[LateReceipt]:
        """Return what RabbitMQ has confirmed, refused or returned; without confirms what has been published."""
        producer = self._producer
        if producer is None:
            return ()
        said, producer.receipts = producer.receipts, []
        return said

    def names(self) -> Sequence[str]:
        """Return the names of its queues."""
        return Queues(self.run, self.safety).names

    def close(self) -> bool:
        """Remove the queues and disconnect."""
        producer, self._producer = self._producer, None
        return producer is None or producer.close()

    def _publish(self) -> Producer:
        producer = self._producer
        if producer is None:
            raise BrokenError("RabbitMQ: the run has been stopped")
        if self._unsent:
            producer.publish(self._unsent)
            self._unsent, self._unsent_bytes = [], 0
        return producer
