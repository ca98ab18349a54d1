"""Calls that an executor has sent, and that RabbitMQ has not confirmed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from brokers.rabbitmq.connection.channel import ANSWER_WITHIN, RabbitmqChannel
from brokers.rabbitmq.publisher import MOST_UNCONFIRMED, MOST_UNSENT
from crossover.contract.errors import BrokenError
from crossover.contract.system import Clock
from crossover.jobs.remote.job_queue import Sending
from crossover.jobs.remote.rabbitmq.messages import CALLS, Names, call_properties

NO_CONFIRMATION = f"no call was confirmed within {ANSWER_WITHIN:.0f} s"
WHAT_TO_DO = (
    "`rabbitmqctl list_queues name state` shows whether the queue of calls has no leader; "
    "`rabbitmqctl delete_queue` removes one that never gets one"
)
SILENT_FOR = 4.0  # seconds without a confirmation, after which it is not the end of the connection that prevents it
MOST_SILENCES = 2  # connections in a row; then calls are lost at the safe level, too


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
        self._silences = 0  # connections in a row over which RabbitMQ has confirmed nothing, though it was there

    @property
    def was_silent(self) -> bool:
        """Whether RabbitMQ has confirmed nothing over the last connection, though it was there."""
        return self._silences > 0

    @property
    def is_overdue(self) -> bool:
        """Whether RabbitMQ confirms nothing any more."""
        return bool(self._calls) and self._waited > ANSWER_WITHIN

    @property
    def _waited(self) -> float:
        return Clock.monotonic() - self._heard_at

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
        self._silences = 0
        return self._calls.pop(number, None) is not None

    def explain(self, error: BrokenError) -> BrokenError:
        """The connection is lost: note whether it was silent; then return the error with what can be done."""
        if not self._calls or self._waited <= SILENT_FOR:
            return error
        self._silences += 1
        return BrokenError(f"{error}. {WHAT_TO_DO}")

    def connection_lost(self) -> list[str]:
        """Return, and remove, what is not sent again: at the safe level only what was twice sent in vain."""
        self._sent_again.clear()
        if self._safe and self._silences < MOST_SILENCES:
            return []
        numbers = list(self._calls)
        self._calls.clear()
        return numbers
