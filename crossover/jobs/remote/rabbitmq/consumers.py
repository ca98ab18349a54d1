"""The consumers of a worker: for how many calls RabbitMQ has been asked, and whether it has answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from brokers.rabbitmq.channel import ANSWER_WITHIN, RabbitmqChannel
from crossover.contract.system import Clock

FEW = 32  # messages that may be delivered, however few are wanted now


class Consumers:
    """Consumers of one queue; RabbitMQ counts what it delivers for each. To be used by the thread of the channel.

    Attributes:
        capacity: messages that RabbitMQ may deliver to all of them together.

    Args:
        queue: that they consume from.
    """

    def __init__(self, queue: str) -> None:
        self.capacity = 0
        self._queue = queue
        self._tags: list[str] = []
        self._asked: dict[str, float] = {}  # tag → since when there is no answer

    def forget(self) -> None:
        """The connection is lost, and they with it."""
        self.capacity = 0
        self._tags.clear()
        self._asked.clear()

    def wanted(self, capacity: int, held: int) -> int | None:
        """Return the capacity that there should be; None: as it is. It doubles: so there are few consumers.

        Args:
            capacity: messages that the worker has and has room for.
            held: those that it has.
        """
        has = self.capacity
        if capacity > has and (capacity >= 2 * has or held >= has):
            return capacity
        return capacity if has > FEW and 4 * capacity < has else None

    def grow(self, channel: RabbitmqChannel, capacity: int, on_message: Callable[..., None]) -> None:
        """Have one consumer more, for what the others do not take: the prefetch count is that of each consumer."""
        channel.pika.basic_qos(prefetch_count=capacity - self.capacity)
        self.capacity = capacity
        tag = channel.pika.basic_consume(self._queue, on_message, callback=self._on_answer)
        self._tags.append(tag)
        self._asked[tag] = Clock.monotonic()

    def check(self, channel: RabbitmqChannel) -> None:
        """See that RabbitMQ has answered: otherwise it delivers nothing, though the connection is alive.

        Raises:
            BrokenError: it has not.
        """
        if self._asked and Clock.monotonic() - min(self._asked.values()) > ANSWER_WITHIN:
            raise channel.failure(f"it has not begun to deliver from {self._queue} within {ANSWER_WITHIN:.0f} s")

    def cancel(self, channel: RabbitmqChannel, stopped: Callable[[], None]) -> None:
        """Consume no more; call back when nothing more comes."""
        for tag in self._tags:
            channel.pika.basic_cancel(tag, callback=lambda _: None)
            # pika rejects what is on its way to a consumer that it has cancelled, as if a worker had died of it
            channel.pika._cancelled.discard(tag)  # noqa: SLF001 - it has no other way
        channel.pika.basic_qos(prefetch_count=1, callback=lambda _: stopped())
        self.forget()

    def _on_answer(self, frame: Any) -> None:
        self._asked.pop(frame.method.consumer_tag, None)
