"""What a worker answers: a call is acknowledged when RabbitMQ has confirmed its outcome."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import partial
from typing import Any

from brokers.rabbitmq.connection.channel import RabbitmqChannel
from crossover.jobs.remote.job_queue import Delivery
from crossover.jobs.remote.rabbitmq.channel_thread import ChannelThread
from crossover.jobs.remote.rabbitmq.messages import (
    CALLS,
    TOGETHER,
    Kind,
    Names,
    call_properties,
    encode_several,
    lost_properties,
    properties,
)
from crossover.jobs.remote.rabbitmq.worker_side.desk import Desk
from crossover.jobs.remote.rabbitmq.worker_side.held import Answer, Held


class Answers:
    """Published, and published again where RabbitMQ has refused them or the connection is lost.

    Args:
        names: of queues.
        desk: knows the calls.
        changed: its lock.
    """

    def __init__(self, names: Names, desk: Desk, changed: threading.Condition) -> None:
        self._names, self._desk, self._changed = names, desk, changed
        self._not_stored: list[Sequence[Held]] = []  # calls whose answer RabbitMQ has refused
        self._returned: set[tuple[str, str]] = set()  # keys of calls that were given back in vain, and are once more

    def begun(self, delivery: Delivery, note: bytes) -> Answer:
        """Return the note that a call has begun."""
        of = properties(Kind.BEGUN, delivery.number, self._desk.letters.worker)
        return Answer(self._names.outcomes(delivery.reply_to), of, note)

    def lost(self, delivery: Delivery, reason: str, *, refused: bool) -> Answer:
        """Return the message that nobody will answer a call: a worker has refused it, or too many have died with it."""
        of = lost_properties(delivery.number, self._desk.letters.worker, reason, refused=refused)
        return Answer(self._names.outcomes(delivery.reply_to), of, b"")

    def outcomes(self, executor: str, outcomes: Sequence[tuple[str, bytes]]) -> Answer:
        """Return the message with some outcomes, each with the number of its call."""
        of = properties(Kind.OUTCOMES, "", self._desk.letters.worker, **{TOGETHER: self._desk.letters.together})
        return Answer(self._names.outcomes(executor), of, encode_several(outcomes))

    def copy(self, held: Held) -> Answer:
        """Return a call that is put into the queue again."""
        call = held.delivery
        of = call_properties(call.number, call.reply_to, safe=held.safe, deaths=held.deaths, again=held.copies + 1)
        return Answer(self._names.calls, of, call.call)

    def publish(self, thread: ChannelThread, answer: Answer, *calls: Held) -> None:
        """Publish the answer to calls; the lock is held."""
        for held in calls:
            held.answer = answer
            self._desk.hold(held)
        thread.post(partial(self._send, thread.channel, calls))

    def give_back(self, thread: ChannelThread, held: Held) -> None:
        """Publish a call again, unless RabbitMQ has given it to another worker; the lock is held."""
        if held.parcel is None:
            self._desk.held.pop(held.key, None)
        else:
            self.publish(thread, self.copy(held), held)

    def give_back_each(self, channel: RabbitmqChannel) -> None:
        """Publish calls again, each by itself; for the thread of the channel, with the lock."""
        calls, self._desk.apart = self._desk.apart, []
        for held in calls:
            held.answer = self.copy(held)
            self._desk.hold(held)
            self._send(channel, [held])

    def publish_again(self, thread: ChannelThread) -> None:
        """There is a new connection: publish what was not confirmed before."""
        groups: dict[int, list[Held]] = {}
        for held in self._desk.answered():
            groups.setdefault(id(held.answer), []).append(held)
        for calls in groups.values():
            thread.post(partial(self._send, thread.channel, calls))

    def try_again(self, channel: RabbitmqChannel) -> None:
        """Publish what RabbitMQ has refused."""
        refused, self._not_stored = self._not_stored, []
        for calls in refused:
            self._send(channel, calls)

    def on_confirmed(self, channel: RabbitmqChannel, calls: Sequence[Held] | None, stored: bool) -> None:  # noqa: FBT001
        """RabbitMQ has stored an answer, or has not."""
        if calls is None:
            return
        with self._changed:
            if calls[0].key in self._returned:  # the confirmation of what was returned
                self._returned.discard(calls[0].key)
                return
            if not stored:
                self._not_stored.append(calls)
                return
            for held in calls:
                if self._desk.held.get(held.key) is held:
                    self._desk.held.pop(held.key)
                held.answer = None
                if held.parcel is None:
                    self._desk.finished.add(held.identity)
            self._desk.parcels.settle(channel, calls)
            self._changed.notify_all()

    def on_returned(self, channel: RabbitmqChannel, _: Any, method: Any, of: Any, message: bytes) -> None:
        """The executor is gone, so nobody waits; or the queue of calls is gone, to which something was given back."""
        if of.type == Kind.CALL:
            channel.pika.queue_declare(self._names.calls, durable=True, arguments=CALLS)
            with self._changed:
                held = self._desk.held.get((of.reply_to, of.correlation_id))
                if held is not None:
                    self._returned.add(held.key)
            channel.publish(self._names.calls, message, of, [held] if held else None)
            return
        with self._changed:
            self._desk.forget(channel, method.routing_key)

    def connection_lost(self) -> None:
        """What was refused is published again with everything else; the lock is held."""
        self._not_stored.clear()
        self._returned.clear()

    def _send(self, channel: RabbitmqChannel, calls: Sequence[Held]) -> None:
        if (answer := calls[0].answer) is not None:
            if answer.properties.type == Kind.CALL:
                self._desk.letters.tell_that_it_is_back(channel, calls[0])
            channel.publish(answer.queue, answer.body, answer.properties, calls)
