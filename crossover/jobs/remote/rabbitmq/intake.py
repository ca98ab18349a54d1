"""The worker's side of RabbitMQ."""

from __future__ import annotations

import math
import threading
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import uuid4

from brokers.external.options import QUEUE
from brokers.poison import GIVEN_UP_REASON, MOST_DELIVERIES, not_kept
from brokers.rabbitmq.channel import ANSWER_WITHIN, RabbitmqChannel
from brokers.rabbitmq.client import connect
from brokers.rabbitmq.dead_letters import dead_letter
from brokers.rabbitmq.inbox import PATIENCE
from crossover.contract.errors import BrokenError
from crossover.contract.safety import Safety
from crossover.jobs.remote.job_queue import Delivery
from crossover.jobs.remote.lease import LEASE
from crossover.jobs.remote.rabbitmq.channel_thread import ChannelThread, Line
from crossover.jobs.remote.rabbitmq.consumers import Consumers
from crossover.jobs.remote.rabbitmq.desk import Desk
from crossover.jobs.remote.rabbitmq.held import Answer, Held
from crossover.jobs.remote.rabbitmq.messages import CALLS, REASON, Kind, Names, call_properties, properties


class RabbitmqIntake:
    """The worker's side: a consumer with as many messages as it has room for.

    A call is acknowledged when RabbitMQ has confirmed its outcome. Where a worker dies before that, RabbitMQ delivers
    the call to another one, which repeats it if it was sent at the safe level. Otherwise the executor knows what each
    worker has begun, and another one runs only what was merely on its way to a worker that is gone.

    Methods may be called by any thread. After a BrokenError, the next call connects again; it still holds what it held.

    Args:
        url: of the server.
        name: of the queue.
        safety: has no meaning here: each call has the level of its executor.
        lease: seconds of silence after which RabbitMQ takes this worker for dead, within twice as many; 0: LEASE.

    Raises:
        BrokenError: the server cannot be reached.
    """

    def __init__(self, url: str, name: str = QUEUE, safety: Safety = Safety.DEFAULT, *, lease: float = 0.0) -> None:
        self._url = url
        self._names = Names(name)
        self._heartbeat = math.ceil(lease or LEASE)
        self._changed = threading.Condition(threading.RLock())
        self._desk = Desk(self._names, self._changed)
        self._consumers = Consumers(self._names.calls)
        self._not_stored: list[Held] = []  # answers that RabbitMQ has refused
        self._line = Line(self._open)
        self._line.get()

    def take(self, room: int, timeout: float) -> list[Delivery]:
        """Return at most `room` calls; one that was delivered too often is refused."""
        if room <= 0:
            return []
        thread, desk = self._line.get(), self._desk
        self._consume(thread, room)
        with self._changed:
            self._changed.wait_for(lambda: desk.ready or thread.error, timeout)
            deliveries = desk.hand_out(room)
            if not all(_held(delivery).safe for delivery in deliveries):
                thread.post(partial(desk.tell_what_it_has, thread.channel))
        taken = []
        for delivery in deliveries:
            if _held(delivery).deaths >= MOST_DELIVERIES:
                self.refuse(delivery, GIVEN_UP_REASON)
            else:
                taken.append(delivery)
        return taken

    def reply(self, delivery: Delivery, outcome: bytes) -> None:
        """Publish an outcome; its call is acknowledged when RabbitMQ has confirmed it."""
        self._answer(delivery, self._to_executor(delivery, Kind.OUTCOME, outcome))

    def begun(self, delivery: Delivery, note: bytes) -> None:
        """Publish a note."""
        thread, note_ = self._line.get(), self._to_executor(delivery, Kind.BEGUN, note)
        thread.post(lambda: thread.channel.publish(note_.queue, note_.body, note_.properties))

    def give_back(self, delivery: Delivery) -> None:
        """Put a call at the end of the queue.

        RabbitMQ itself does not tell a call that is given back from one whose worker has died.
        """
        self._answer(delivery, _copy(self._names, _held(delivery)))

    def refuse(self, delivery: Delivery, reason: str) -> None:
        """Keep a call aside; its future fails with the reason."""
        problem = dead_letter(self._url, f"{self._names.calls}.dead-letter", reason, self._names.calls, delivery.call)
        reason = reason if problem is None else not_kept(reason, problem)
        self._answer(delivery, self._to_executor(delivery, Kind.LOST, b"", reason))

    def beat(self) -> None:
        """Do nothing but see that there is a connection: a thread of its own answers RabbitMQ."""
        self._line.get()

    def close(self) -> None:
        """Give back what it holds, wait until that and all outcomes are confirmed, and disconnect."""
        thread = self._line.give_up()
        if thread is None:
            return
        with suppress(BrokenError):
            stopped = threading.Event()
            thread.call(partial(self._consumers.cancel, thread.channel, stopped.set))
            stopped.wait(ANSWER_WITHIN)
            with self._changed:
                self._desk.hand_out(len(self._desk.ready))
                for delivery in self._desk.unused():
                    self._desk.held[_held(delivery).key] = _held(delivery)
                for held in list(self._desk.held.values()):
                    if held.tag is None:  # RabbitMQ has given it to another worker
                        self._desk.held.pop(held.key)
                    elif held.answer is None:
                        self._publish(thread, held, _copy(self._names, held))
                self._changed.wait_for(lambda: not self._desk.held or thread.error, ANSWER_WITHIN)
        thread.close()

    def _open(self) -> ChannelThread:
        names, worker = self._names, uuid4().hex
        self._consumers.forget()
        self._desk.begin(worker)
        channel = connect(self._url, f"{names.calls}.worker", patience=PATIENCE, heartbeat=self._heartbeat)
        try:
            channel.confirm(partial(self._on_confirmed, channel))
            channel.pika.add_on_return_callback(partial(self._on_returned, channel))
            channel.call(channel.pika.queue_declare, names.calls, durable=True, arguments=CALLS)
            control = names.control(worker)
            channel.call(channel.pika.queue_declare, control, exclusive=True)
            channel.call(channel.pika.basic_consume, control, partial(self._on_control, channel), auto_ack=True)
        except BaseException:
            channel.close()
            raise
        thread = ChannelThread(channel, self._on_ended, partial(self._try_again, channel))
        thread.post(partial(self._desk.tell_what_it_has, channel))
        for held in self._desk.answered():
            thread.post(partial(self._send, channel, held))
        return thread

    def _consume(self, thread: ChannelThread, room: int) -> None:
        """Let RabbitMQ deliver as many calls as there is room for, besides what is held."""
        with self._changed:
            capacity = room + sum(held.answer is None for held in self._desk.held.values())
        if capacity > self._consumers.capacity:
            more, self._consumers.capacity = capacity - self._consumers.capacity, capacity
            thread.call(partial(self._consumers.add, thread.channel, more, partial(self._on_call, thread.channel)))

    def _answer(self, delivery: Delivery, answer: Answer) -> None:
        thread, held = self._line.get(), _held(delivery)
        with self._changed:
            if held.tag is None and answer.properties.type == Kind.CALL:
                self._desk.held.pop(held.key, None)  # RabbitMQ has given it back
            else:
                self._publish(thread, held, answer)

    def _publish(self, thread: ChannelThread, held: Held, answer: Answer) -> None:
        held.answer = answer
        self._desk.held[held.key] = held
        thread.post(partial(self._send, thread.channel, held))

    def _send(self, channel: RabbitmqChannel, held: Held) -> None:
        if (answer := held.answer) is not None:
            if answer.properties.type == Kind.CALL:
                self._desk.tell_that_it_is_back(channel, held)
            channel.publish(answer.queue, answer.body, answer.properties, held)

    def _to_executor(self, delivery: Delivery, kind: Kind, body: bytes, reason: str = "") -> Answer:
        headers = {REASON: reason} if reason else {}
        of = properties(kind, delivery.number, self._desk.worker, **headers)
        return Answer(self._names.outcomes(delivery.reply_to), of, body)

    def _on_call(self, channel: RabbitmqChannel, _: Any, method: Any, of: Any, message: bytes) -> None:
        held = Held(method, of, message)
        with self._changed:
            self._desk.receive(channel, held)

    def _on_control(self, channel: RabbitmqChannel, _: Any, method: Any, of: Any, message: bytes) -> None:
        with self._changed:
            self._desk.hear(channel, of, message)

    def _on_confirmed(self, channel: RabbitmqChannel, held: Held | None, stored: bool) -> None:  # noqa: FBT001
        if held is None:
            return
        with self._changed:
            if not stored:
                self._not_stored.append(held)
                return
            self._desk.held.pop(held.key, None)
            held.answer = None
            if held.tag is not None:
                channel.pika.basic_ack(held.tag)
            else:
                self._desk.finished.add(held.key)
            self._changed.notify_all()

    def _on_returned(self, channel: RabbitmqChannel, _: Any, method: Any, of: Any, message: bytes) -> None:
        """The executor is gone, so nobody waits; or the queue of calls is gone, to which something was given back."""
        if of.type == Kind.CALL:
            channel.pika.queue_declare(self._names.calls, durable=True, arguments=CALLS)
            channel.publish(self._names.calls, message, of)
            return
        with self._changed:
            self._desk.forget(channel, method.routing_key)

    def _on_ended(self) -> None:
        with self._changed:
            self._desk.connection_lost()
            self._consumers.forget()
            self._not_stored.clear()
            self._changed.notify_all()

    def _try_again(self, channel: RabbitmqChannel) -> None:
        self._consumers.check(channel)
        self._desk.say_hello_again(channel)
        refused, self._not_stored = self._not_stored, []
        for held in refused:
            self._send(channel, held)


def _held(delivery: Delivery) -> Held:
    held = delivery.tag
    assert isinstance(held, Held)
    return held


def _copy(names: Names, held: Held) -> Answer:
    """Return a call that is put into the queue again."""
    call = held.delivery
    of = call_properties(call.number, call.reply_to, safe=held.safe, deaths=held.deaths, again=True)
    return Answer(names.calls, of, call.call)
