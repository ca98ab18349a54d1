"""The consumers of a worker: for how many calls RabbitMQ has been asked, and whether it has answered."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from brokers.rabbitmq.connection.channel import ANSWER_WITHIN, RabbitmqChannel
from crossover.contract.system import Clock
from crossover.jobs.remote.rabbitmq.messages import CALLS

FEW = 32  # messages that may be delivered, however few are wanted now
LOOK_EVERY = 2.0  # seconds without a delivery, after which the queue is looked at
LOOK = ""  # stands for such a look, where others have the tag of a consumer
MOST_MISSED = 2  # looks at which it had messages and delivered none


class Consumers:
    """Consumers of one queue; RabbitMQ counts what it delivers for each.

    The thread of the channel uses it. Who takes calls reads `wanted` and `capacity`; `forget` is for when it is lost.

    Attributes:
        capacity: messages that RabbitMQ may deliver to all of them together.

    Args:
        queue: that they consume from.
    """

    def __init__(self, queue: str) -> None:
        self.capacity = 0
        self._queue = queue
        self._tags: list[str] = []
        self._asked: dict[str, float] = {}  # tag, or LOOK → since when there is no answer
        self._heard_at = 0.0  # when something was delivered, or was looked for
        self._deliveries = 0
        self._missed = 0  # looks, one after the other

    def forget(self) -> None:
        """The connection is lost, and they with it."""
        self.capacity = 0
        self._tags.clear()
        self._asked.clear()
        self._missed = 0

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
        if capacity <= self.capacity:  # it was asked for twice: 0 would be any number
            return
        channel.pika.basic_qos(prefetch_count=capacity - self.capacity)
        self.capacity = capacity
        self._heard_at = Clock.monotonic()
        tag = channel.pika.basic_consume(self._queue, on_message, callback=self._on_answer)
        self._tags.append(tag)
        self._asked[tag] = Clock.monotonic()

    def delivered(self) -> None:
        """A message has come."""
        self._deliveries += 1
        self._missed = 0
        self._heard_at = Clock.monotonic()

    def check(self, channel: RabbitmqChannel, held: int) -> None:
        """See that RabbitMQ has answered and delivers: it may do neither, though the connection is alive.

        Args:
            channel: to ask.
            held: messages that are not acknowledged.

        Raises:
            BrokenError: it has not answered.
        """
        now = Clock.monotonic()
        if self._asked and now - min(self._asked.values()) > ANSWER_WITHIN:
            what = "said what there is in" if LOOK in self._asked else "begun to deliver from"
            raise channel.failure(f"it has not {what} {self._queue} within {ANSWER_WITHIN:.0f} s")
        if held < self.capacity and not self._asked and now - self._heard_at >= LOOK_EVERY:
            self._heard_at = self._asked[LOOK] = now
            counted = partial(self._on_counted, channel, self._deliveries)
            channel.pika.queue_declare(self._queue, durable=True, arguments=CALLS, callback=counted)

    def _on_counted(self, channel: RabbitmqChannel, deliveries: int, frame: Any) -> None:
        """Consume anew where the queue has messages and delivers none, though there is room for them.

        Seen rarely after RabbitMQ 3.10 was killed and started again, over a connection that was alive. Probably because
        its quorum queue takes all consumers of a node for gone with one of them (rabbit_fifo.erl: down, noconnection):
        those of the killed server had the same node.
        """
        self._asked.pop(LOOK, None)
        waits = self.capacity and frame.method.message_count and deliveries == self._deliveries
        self._missed = self._missed + 1 if waits else 0
        if self._missed >= MOST_MISSED:
            self.cancel(channel, lambda: None)  # who takes next consumes again

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
