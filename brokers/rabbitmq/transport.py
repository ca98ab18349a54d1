"""rabbitmq: two queues, one for tasks and one for outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from msgspec import Meta
from msgspec.structs import replace

from brokers.broker_transport import AT_LEAST_ONCE, AT_MOST_ONCE, BrokerTransport
from brokers.external.options import BrokerOptions
from brokers.rabbitmq.inbox import RabbitmqInbox
from brokers.rabbitmq.publisher import RabbitmqPublisher
from brokers.rabbitmq.queues import Queues
from brokers.rabbitmq.safe_inbox import SafeRabbitmqInbox
from crossover.contract.errors import BrokenError
from crossover.contract.inbox import Inbox
from crossover.contract.safety import Safety
from crossover.contract.tasks import LateReceipt, Outcomes
from crossover.contract.traits import Traits

REDELIVERED_WITHIN = 3.0  # seconds: RabbitMQ sees that the connection is closed, and workers look once a second


class RabbitmqOptions(BrokerOptions, frozen=True):
    """How much a worker receives before it acknowledges.

    Attributes:
        prefetch: messages.
    """

    prefetch: Annotated[int, Meta(ge=1, le=10_000)] = 16


class RabbitmqTransport(BrokerTransport):
    """Two durable queues per run, through pika.

    Accepted: at the safe level RabbitMQ has confirmed it; at the others it was written to the connection.

    There are no heartbeats, because a task may take longer than they allow. RabbitMQ notices at once when the process
    of a worker has ended, but the failure of a machine only after consumer_timeout (30 minutes; no task may take
    longer).

    Options: prefetch (messages that a worker receives before it acknowledges, 1 to 10000; default 16; pika: no limit).
    """

    traits = Traits(
        name="rabbitmq",
        server="rabbitmq",
        guarantees={
            Safety.FAST: AT_MOST_ONCE,
            Safety.DEFAULT: replace(AT_LEAST_ONCE, survives_broker=False),
            Safety.SAFE: AT_LEAST_ONCE,
        },
        level_settings={
            Safety.FAST: (
                "classic queues, transient messages; workers consume with auto-acknowledgement, where RabbitMQ ignores "
                "prefetch and delivers everything at once"
            ),
            Safety.DEFAULT: (
                "classic queues, persistent messages; workers acknowledge after they have published the outcome; "
                "nothing is confirmed"
            ),
            Safety.SAFE: (
                "quorum queues, persistent messages, mandatory publishes that are confirmed (up to 1,000 outstanding); "
                "workers acknowledge when their outcome has been confirmed; redelivered messages are moved to another "
                "queue, from which a worker takes one at a time; after three deaths a message is a dead letter"
            ),
        },
        options_type=RabbitmqOptions,
        resumable=True,
    )

    _publisher: RabbitmqPublisher | None = None

    def __init__(self, options: Any, safety: Safety, server_address: str = "") -> None:
        super().__init__(options, safety, server_address)
        self.redelivery = 0.0 if safety is Safety.FAST else REDELIVERED_WITHIN

    def open(self) -> None:
        """Connect, and declare the queues."""
        self._queues = Queues(self.run, self.safety)
        self._publisher = RabbitmqPublisher(self.at.url, self._queues, self._reference)
        self.limit = self._publisher.limit
        self._publisher.open()

    def inbox(self, url: str, run: str, reference: str) -> Inbox:
        """Return a consumer."""
        kind = SafeRabbitmqInbox if self.safety is Safety.SAFE else RabbitmqInbox
        return kind(url, Queues(run, self.safety), reference, self.options.prefetch)

    def flush(self) -> None:
        """Publish what is unsent; wait while too much is unconfirmed."""
        self._publish().wait_for_room()

    def collect(self, limit: int, timeout: float) -> Sequence[Outcomes]:
        """Publish what is unsent, and return outcomes."""
        found = self._publish().collect(limit, timeout)
        return found if self._external is None else self._external.checked(found)

    def receipts(self) -> Sequence[LateReceipt]:
        """Return what RabbitMQ has confirmed, refused or returned; without confirms, what was published."""
        publisher = self._publisher
        if publisher is None:
            return ()
        found, publisher.receipts = publisher.receipts, []
        return found

    def names(self) -> Sequence[str]:
        """Return the names of its queues."""
        return Queues(self.run, self.safety).names

    def task_queue(self) -> str:
        """Return the name of the queue of tasks."""
        return Queues(self.run, self.safety).tasks

    def close(self) -> bool:
        """Remove the queues and disconnect."""
        publisher, self._publisher = self._publisher, None
        return publisher is None or publisher.close()

    def _publish(self) -> RabbitmqPublisher:
        publisher = self._publisher
        if publisher is None:
            raise BrokenError("RabbitMQ: the run has been stopped")
        if self._unsent:
            publisher.publish(self._unsent)
            self._unsent, self._unsent_bytes = [], 0
        return publisher
