"""Calls that an executor has sent, and that RabbitMQ has not confirmed."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any

from brokers.rabbitmq.connection.channel import ANSWER_WITHIN, RabbitmqChannel
from brokers.rabbitmq.publisher import MOST_UNCONFIRMED, MOST_UNSENT
from crossover.contract.errors import BrokenError
from crossover.contract.system import Clock
from crossover.jobs.remote.job_queue import Sending, refuse_too_large
from crossover.jobs.remote.rabbitmq.messages import (
    CALLS,
    TOGETHER,
    Kind,
    Names,
    call_properties,
    decode_several,
    encode_several,
)

NO_CONFIRMATION = f"no call was confirmed within {ANSWER_WITHIN:.0f} s"
WHAT_TO_DO = (
    "`rabbitmqctl list_queues name state` shows whether the queue of calls has no leader; "
    "`rabbitmqctl delete_queue` removes one that never gets one"
)
SILENT_FOR = 4.0  # seconds without a confirmation, after which it is not the end of the connection that prevents it
SILENCE, MOST_FAILURES = 3, 6  # connections that end without a confirmation; a silent one counts as three
LEFT_AT_LEAST = 8  # messages of what has gathered, before some of it travels together
FORGOTTEN_AFTER = 10.0  # seconds without a word from a worker
MOST_BYTES = 2**16  # of a message with several calls


class Outbox:
    """Whoever uses it has the lock of the executor's side, besides `publish` and `send_again`: those are the thread's.

    Attributes:
        limit: bytes of a call, at most.
        was_silent: whether RabbitMQ confirmed nothing at the end of the last connection, though it was there.

    Args:
        names: of queues.
        executor: its name.
        safe: whether calls are sent again after a lost connection.
        own: whether no other executor uses the queue of calls.
    """

    def __init__(self, names: Names, executor: str, *, safe: bool, own: bool) -> None:
        self.limit = 0
        self.was_silent = False
        self._names, self._executor, self._safe, self._own = names, executor, safe, own
        self._calls: dict[str, bytes] = {}
        self._failures: dict[str, int] = {}  # number → connections over which it was sent in vain
        self._unsent: deque[str] = deque()  # numbers of those that are to be published
        self._together: dict[str, tuple[int, float]] = {}  # worker → how many calls in a message are welcome, and since
        self._sent_again: set[str] = set()  # the first numbers of what RabbitMQ has returned once
        self._heard_at = 0.0
        self._unsent_bytes = 0

    @property
    def _waited(self) -> float:
        return Clock.monotonic() - self._heard_at

    def is_overdue(self, unsent_bytes: int) -> bool:
        """Return whether RabbitMQ neither takes nor confirms anything any more.

        Args:
            unsent_bytes: that it has not taken.
        """
        if unsent_bytes < self._unsent_bytes:
            self._heard_at = Clock.monotonic()
        self._unsent_bytes = unsent_bytes
        return bool(self._calls) and self._waited > ANSWER_WITHIN

    def add(self, calls: Sequence[Sending]) -> None:
        """Add calls, but for those that are there.

        Raises:
            ValueError: one is larger than RabbitMQ accepts.
        """
        refuse_too_large(calls, self.limit, "RabbitMQ")
        if not self._calls:
            self._heard_at = Clock.monotonic()
        for call, number in calls:
            if number not in self._calls:
                self._calls[number] = call
                self._unsent.append(number)

    def hear(self, properties: Any) -> None:
        """Note how many calls in a message a worker welcomes, if it says so."""
        together = (properties.headers or {}).get(TOGETHER)
        if isinstance(together, int) and together > 0:
            self._together[properties.reply_to] = together, Clock.monotonic()

    def has_room(self, channel: RabbitmqChannel) -> bool:
        """Return whether more may be sent."""
        return len(self._calls) < MOST_UNCONFIRMED and channel.unsent_bytes < MOST_UNSENT

    def confirmed(self, numbers: Iterable[str]) -> bool:
        """Return whether all of some calls are confirmed, or lost."""
        return self._calls.keys().isdisjoint(numbers)

    def begin_again(self) -> None:
        """There is a new connection: all calls are to be published, and their time to be confirmed begins again."""
        self._heard_at = Clock.monotonic()
        self._unsent.clear()
        self._unsent.extend(self._calls)

    def open_calls(self, sent: set[str]) -> set[str]:
        """Return those calls that RabbitMQ has."""
        return sent - self._calls.keys()

    def publish(self, channel: RabbitmqChannel) -> None:
        """Publish what has gathered: several calls in a message where there are many, and workers have asked for it."""
        unsent, many = self._unsent, self._most_together()
        group: list[tuple[str, bytes]] = []
        size = 0
        while unsent:
            number = unsent.popleft()
            if (call := self._calls.get(number)) is None:
                continue
            size += len(call)
            if len(group) >= many or size > MOST_BYTES:
                self._publish(channel, group)
                group, size = [], len(call)
            group.append((number, call))
        self._publish(channel, group)

    def _most_together(self) -> int:
        """Return how many calls go into a message: as many as all workers welcome that were heard of late.

        At the safe level only: where a worker dies, RabbitMQ delivers again what has ended of a message, too.
        """
        if not self._safe:
            return 1
        late = Clock.monotonic() - FORGOTTEN_AFTER
        self._together = {one: (many, since) for one, (many, since) in self._together.items() if since >= late}
        welcome = min((many for many, _ in self._together.values()), default=1)
        return max(1, min(welcome, len(self._unsent) // LEFT_AT_LEAST))

    def _publish(self, channel: RabbitmqChannel, calls: Sequence[tuple[str, bytes]]) -> None:
        if not calls:
            return
        (first, body), kind = calls[0], Kind.CALL
        if len(calls) > 1:
            body, kind = encode_several(calls), Kind.CALLS
        of = call_properties(first, self._executor, safe=self._safe, kind=kind)
        channel.publish(self._names.calls, body, of, [number for number, _ in calls])

    def send_again(self, channel: RabbitmqChannel, properties: Any, message: bytes) -> None:
        """Make the queue of calls again, which is gone, and publish what was returned."""
        self._sent_again.add(properties.correlation_id)
        channel.pika.queue_declare(self._names.calls, durable=True, arguments=CALLS)
        numbers = [properties.correlation_id]
        if properties.type == Kind.CALLS:
            numbers = [number for number, _ in decode_several(message)]
        channel.publish(self._names.calls, message, properties, numbers)

    def take(self, numbers: Sequence[str]) -> list[str]:
        """Remove what RabbitMQ has confirmed or refused; return what of it was here."""
        if not numbers or numbers[0] in self._sent_again:
            self._sent_again.difference_update(numbers)  # the confirmation of what was returned
            return []
        self._heard_at = Clock.monotonic()
        self.was_silent = False
        for number in numbers:
            self._failures.pop(number, None)
        return [number for number in numbers if self._calls.pop(number, None) is not None]

    def connection_lost(self, error: BrokenError, blocked: str) -> tuple[BrokenError, list[str]]:
        """Return why, with what can be done; and, removed, what is not sent again.

        Args:
            error: why the connection has ended.
            blocked: why RabbitMQ accepted nothing; empty: it did.
        """
        is_silent = bool(self._calls) and self._waited > SILENT_FOR
        self.was_silent = is_silent and not blocked
        if self.was_silent and not self._own:
            error = BrokenError(f"{error}. {WHAT_TO_DO}")
        self._sent_again.clear()
        for number in self._calls.keys() - {*self._unsent}:
            self._failures[number] = self._failures.get(number, 0) + (SILENCE if is_silent else 1)
        lost = [one for one in self._calls if not self._safe or self._failures.get(one, 0) >= MOST_FAILURES]
        for number in lost:
            del self._calls[number]
            self._failures.pop(number, None)
        return error, lost
