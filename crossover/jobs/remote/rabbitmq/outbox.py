"""Calls that an executor has sent, and that RabbitMQ has not confirmed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from brokers.rabbitmq.channel import ANSWER_WITHIN, RabbitmqChannel
from brokers.rabbitmq.publisher import MOST_UNCONFIRMED, MOST_UNSENT
from crossover.contract.system import Clock
from crossover.jobs.remote.job_queue import Sending
from crossover.jobs.remote.rabbitmq.messages import CALLS, Names, call_properties

NOT_CONFIRMED = (
    f"RabbitMQ has not confirmed it within {ANSWER_WITHIN:.0f} s: its queue has no leader, or too few of its servers "
    f"run; `rabbitmqctl list_queues name state` shows it"
)


class Outbox:
    """Whoever uses it has the lock of the executor's side, besides `publish` and `send_again`: those are the thread's.

    Args:
        names: of queues.
        executor: its name.
        safe: whether calls are sent again after a lost connection.
    """

    def __init__(self, names: Names, executor: str, *, safe: bool) -> None:
        self._names, self._executor, self._safe = names, executor, safe
        self._calls: dict[str, bytes] = {}
        self._sent_again: set[str] = set()  # numbers of those that RabbitMQ has returned once
        self._heard_at = 0.0

    def add(self, calls: Iterable[Sending]) -> list[str]:
        """Add calls; return the numbers of those that were not there."""
        new = {number: call for call, number in calls if number not in self._calls}
        if not self._calls:
            self._heard_at = Clock.monotonic()
        self._calls.update(new)
        return list(new)

    def has_room(self, channel: RabbitmqChannel) -> bool:
        """Return whether more may be sent."""
        return len(self._calls) < MOST_UNCONFIRMED and channel.unsent_bytes < MOST_UNSENT

    def confirmed(self, numbers: Iterable[str]) -> bool:
        """Return whether all of some calls are confirmed, or lost."""
        return self._calls.keys().isdisjoint(numbers)

    def all(self) -> list[str]:
        """Return the numbers of the calls; their time to be confirmed begins again."""
        self._heard_at = Clock.monotonic()
        return list(self._calls)

    def open_calls(self, sent: set[str]) -> set[str]:
        """Return those calls that RabbitMQ has."""
        return sent - self._calls.keys()

    def publish(self, channel: RabbitmqChannel, numbers: Sequence[str]) -> None:
        """Publish calls, unless they are here no longer."""
        for number in numbers:
            if (call := self._calls.get(number)) is not None:
                of = call_properties(number, self._executor, safe=self._safe)
                channel.publish(self._names.calls, call, of, number)

    def send_again(self, channel: RabbitmqChannel, properties: Any, call: bytes) -> None:
        """Make the queue of calls again, which is gone, and publish what was returned."""
        self._sent_again.add(properties.correlation_id)
        channel.pika.queue_declare(self._names.calls, durable=True, arguments=CALLS)
        channel.publish(self._names.calls, call, properties, properties.correlation_id)

    def take(self, number: str | None) -> bool:
        """Remove what RabbitMQ has confirmed or refused; return whether that was here."""
        if number is None or number in self._sent_again:
            self._sent_again.discard(number or "")  # the confirmation of what was returned
            return False
        self._heard_at = Clock.monotonic()
        return self._calls.pop(number, None) is not None

    def overdue(self) -> list[str]:
        """Remove what RabbitMQ confirms no longer; return the numbers."""
        if not self._calls or Clock.monotonic() - self._heard_at <= ANSWER_WITHIN:
            return []
        return self._clear()

    def connection_lost(self) -> list[str]:
        """Return, and remove, what is not sent again: at the safe level nothing."""
        self._sent_again.clear()
        return [] if self._safe else self._clear()

    def _clear(self) -> list[str]:
        numbers = list(self._calls)
        self._calls.clear()
        return numbers
