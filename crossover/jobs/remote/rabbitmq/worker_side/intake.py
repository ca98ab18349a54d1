"""The worker's side of RabbitMQ."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any
from uuid import uuid4

from brokers.external.options import QUEUE
from brokers.poison import GIVEN_UP_REASON, MOST_DELIVERIES, not_kept
from brokers.rabbitmq.connection.channel import ANSWER_WITHIN, RabbitmqChannel
from brokers.rabbitmq.connection.client import connect
from brokers.rabbitmq.dead_letters import dead_letter
from brokers.rabbitmq.inbox import PATIENCE
from crossover.contract.errors import BrokenError
from crossover.jobs.remote.job_queue import Answer, Delivery
from crossover.jobs.remote.lease import LEASE
from crossover.jobs.remote.rabbitmq.channel_thread import ChannelThread, Line
from crossover.jobs.remote.rabbitmq.messages import CALLS, Names
from crossover.jobs.remote.rabbitmq.worker_side.answers import Answers
from crossover.jobs.remote.rabbitmq.worker_side.consumers import Consumers
from crossover.jobs.remote.rabbitmq.worker_side.desk import Desk
from crossover.jobs.remote.rabbitmq.worker_side.held import Held, unpack

MANY = 16  # messages that a worker takes ahead where several short calls may be in each


class RabbitmqIntake:
    """The worker's side: a consumer with as many messages as it has room for.

    A call is acknowledged when RabbitMQ has confirmed its outcome. Where a worker dies before that, RabbitMQ delivers
    the call to another one, which repeats it if it was sent at the safe level. Otherwise the executor knows what each
    worker has begun, and another one runs only what was merely on its way to a worker that is gone.

    Methods may be called by any thread. After a BrokenError, the next call connects again; it still holds what it held.

    Args:
        url: of the server.
        name: of the queue.
        lease: seconds of silence after which RabbitMQ takes this worker for dead, within twice as many; 0: LEASE.

    Raises:
        BrokenError: the server cannot be reached.
    """

    def __init__(self, url: str, name: str = QUEUE, *, lease: float = 0.0) -> None:
        self._url = url
        self._names = Names(name)
        self._heartbeat = math.ceil(lease or LEASE)
        self._changed = threading.Condition(threading.RLock())
        self._desk = Desk(self._names, self._changed)
        self._answers = Answers(self._names, self._desk, self._changed)
        self._consumers = Consumers(self._names.calls)
        self._line = Line(self._open)
        self._line.get()

    def take(self, room: int, timeout: float, together: int = 1) -> list[Delivery]:
        """Return at most `room` calls, and what has come with them; one that was delivered too often is refused."""
        if room <= 0:
            return []
        thread, desk = self._line.get(), self._desk
        self._consume(thread, room, together)
        with self._changed:
            self._changed.wait_for(lambda: desk.ready or thread.error, timeout)
            deliveries = desk.hand_out(room)
        try:
            for delivery in deliveries:
                if _held(delivery).deaths >= MOST_DELIVERIES:
                    self._keep_aside(delivery, GIVEN_UP_REASON, refused=False)
        except BrokenError:
            desk.lose(deliveries)
            raise
        taken = [delivery for delivery in deliveries if _held(delivery).deaths < MOST_DELIVERIES]
        held = [_held(delivery) for delivery in taken]
        if not all(one.safe for one in held):
            thread.post(partial(desk.tell_what_it_has, thread.channel, held))
        return taken

    def reply(self, delivery: Delivery, outcome: bytes) -> None:
        """Publish an outcome; its call is acknowledged when RabbitMQ has confirmed it."""
        self.reply_many([Answer(delivery, outcome)])

    def reply_many(self, answers: Sequence[Answer]) -> None:
        """Publish outcomes, those for one executor as one message."""
        to: dict[str, list[Answer]] = {}
        for answer in answers:
            to.setdefault(answer.delivery.reply_to, []).append(answer)
        with self._connected() as thread:
            for executor, group in to.items():
                outcomes = [(one.delivery.number, one.outcome) for one in group]
                calls = [_held(one.delivery) for one in group]
                self._answers.publish(thread, self._answers.outcomes(executor, outcomes), *calls)

    def begun(self, delivery: Delivery, note: bytes) -> None:
        """Publish a note."""
        thread, note_ = self._line.get(), self._answers.begun(delivery, note)
        thread.post(lambda: thread.channel.publish(note_.queue, note_.body, note_.properties))

    def give_back(self, *deliveries: Delivery) -> None:
        """Put calls at the end of the queue, also those that would be taken next: they take longer than was thought.

        RabbitMQ itself does not tell a call that is given back from one whose worker has died.
        """
        self._stop_consuming(self._line.get())
        with self._connected() as thread:
            for delivery in [*deliveries, *self._desk.hand_out(len(self._desk.ready))]:
                self._answers.give_back(thread, _held(delivery))

    def refuse(self, delivery: Delivery, reason: str) -> None:
        """Keep a call aside; its future fails with the reason."""
        self._keep_aside(delivery, reason, refused=True)

    def beat(self) -> None:
        """Do nothing but see that there is a connection: a thread of its own answers RabbitMQ."""
        self._line.get()

    def close(self) -> None:
        """Give back what it holds, wait until that and all outcomes are confirmed, and disconnect."""
        thread = self._line.give_up()
        if thread is None:
            return
        with suppress(BrokenError):
            self._stop_consuming(thread)
            with self._changed:
                self._desk.hand_out(len(self._desk.ready))
                for delivery in self._desk.unused():
                    held = _held(delivery)
                    if held.safe or not held.in_doubt:  # RabbitMQ delivers that again, so that others ask, too
                        self._desk.hold(held)
                for held in list(self._desk.held.values()):
                    if held.parcel is None or held.answer is None:
                        self._answers.give_back(thread, held)
                self._changed.wait_for(lambda: not self._desk.held or thread.error, ANSWER_WITHIN)
        thread.close()

    @contextmanager
    def _connected(self) -> Iterator[ChannelThread]:
        """Hold the lock, over a connection that is there: nobody sends what is posted to one that has ended."""
        thread = self._line.get()
        with self._changed:
            if thread.error is not None:
                raise thread.error
            yield thread

    def _keep_aside(self, delivery: Delivery, reason: str, *, refused: bool) -> None:
        problem = dead_letter(self._url, f"{self._names.calls}.dead-letter", reason, self._names.calls, delivery.call)
        reason = reason if problem is None else not_kept(reason, problem)
        with self._connected() as thread:
            lost = self._answers.lost(delivery, reason, refused=refused)
            self._answers.publish(thread, lost, _held(delivery))

    def _open(self) -> ChannelThread:
        names, worker = self._names, uuid4().hex
        self._consumers.forget()
        self._desk.begin(worker)
        channel = connect(self._url, f"{names.calls}.worker", patience=PATIENCE, heartbeat=self._heartbeat)
        try:
            channel.confirm(partial(self._answers.on_confirmed, channel))
            channel.pika.add_on_return_callback(partial(self._answers.on_returned, channel))
            channel.call(channel.pika.queue_declare, names.calls, durable=True, arguments=CALLS)
            control = names.control(worker)
            channel.call(channel.pika.queue_declare, control, exclusive=True)
            channel.call(channel.pika.basic_consume, control, partial(self._on_control, channel), auto_ack=True)
        except BaseException:
            channel.close()
            raise
        thread = ChannelThread(channel, self._changed, self._on_ended, partial(self._try_again, channel))
        thread.post(partial(self._desk.tell_what_it_has, channel))
        self._answers.publish_again(thread)
        return thread

    def _consume(self, thread: ChannelThread, room: int, together: int) -> None:
        """Let RabbitMQ deliver as many calls as there is room for, besides what is held."""
        with self._changed:
            held = sum(held.answer is None for held in self._desk.held.values())
            self._desk.letters.together = together
            calls = room + held
            messages = min(calls, max(MANY, calls // together))
            wanted = self._consumers.wanted(messages, min(held, len(self._desk.parcels)))
        if wanted is None:
            return
        if wanted < self._consumers.capacity:
            self.give_back()
        thread.call(partial(self._consumers.grow, thread.channel, wanted, partial(self._on_call, thread.channel)))

    def _stop_consuming(self, thread: ChannelThread) -> None:
        """Let RabbitMQ deliver nothing more, and wait for what it has delivered."""
        stopped: list[bool] = []

        def stop() -> None:
            with self._changed:
                stopped.append(True)
                self._changed.notify_all()

        thread.call(partial(self._consumers.cancel, thread.channel, stop))
        with self._changed:
            if not self._changed.wait_for(lambda: stopped or thread.error, ANSWER_WITHIN):
                raise thread.channel.failure(f"it has not stopped to deliver within {ANSWER_WITHIN:.0f} s")

    def _on_call(self, channel: RabbitmqChannel, _: Any, method: Any, of: Any, message: bytes) -> None:
        parcel, calls = unpack(method, of, message)
        self._consumers.delivered()
        with self._changed:
            self._desk.receive(channel, parcel, calls)
            self._answers.give_back_each(channel)

    def _on_control(self, channel: RabbitmqChannel, _: Any, method: Any, of: Any, message: bytes) -> None:
        with self._changed:
            self._desk.hear(channel, of, message)
            self._answers.give_back_each(channel)

    def _on_ended(self, error: BrokenError) -> BrokenError:
        self._desk.connection_lost()
        self._consumers.forget()
        self._answers.connection_lost()
        return error

    def _try_again(self, channel: RabbitmqChannel) -> None:
        self._consumers.check(channel, len(self._desk.parcels))
        self._desk.say_hello_again(channel)
        self._answers.try_again(channel)


def _held(delivery: Delivery) -> Held:
    held = delivery.tag
    assert isinstance(held, Held)
    return held
