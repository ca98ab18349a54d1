"""The executor's side of RabbitMQ."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NoAnswer
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import uuid4

from brokers.external.options import QUEUE
from brokers.rabbitmq.connection.channel import ANSWER_WITHIN, RabbitmqChannel
from brokers.rabbitmq.connection.client import largest_message
from brokers.rabbitmq.publisher import MOST_UNCONFIRMED
from crossover.contract.errors import BrokenError
from crossover.contract.safety import Safety
from crossover.contract.system import Clock
from crossover.jobs.errors import BrokerLostError, CallRefusedError, NotAcceptedError
from crossover.jobs.remote.job_queue import Lost, Sending
from crossover.jobs.remote.rabbitmq.channel_thread import ChannelThread, Line
from crossover.jobs.remote.rabbitmq.executor_side.opening import open_channel, remove_if_empty
from crossover.jobs.remote.rabbitmq.executor_side.outbox import NO_CONFIRMATION, Outbox
from crossover.jobs.remote.rabbitmq.executor_side.search import GONE, Search
from crossover.jobs.remote.rabbitmq.executor_side.withdrawals import WITHDRAWN_WITHIN, Withdrawals
from crossover.jobs.remote.rabbitmq.messages import KEPT_FOR, Kind, Names, decode_several, why_lost


class RabbitmqQueue:
    """The producer's side.

    RabbitMQ confirms every call; at the safe level `send` waits for that. If the connection is lost before, the call is
    sent again at the safe level, and reported as lost at the others. So is one that RabbitMQ refuses, or does not
    confirm in time, or has no longer.

    Attributes:
        reply_to: the name of the queue of its outcomes.
        names: the queue of calls; all others end with the connections of those who use them.

    Args:
        url: of the server.
        name: of the queue.
        safety: at the safe level a call is repeated whose worker died; at the others it is lost.
        lease: has no meaning here: RabbitMQ itself sees which workers are there.
        own_workers: processes that serve this queue alone; 0: workers elsewhere do.

    Raises:
        BrokenError: the server cannot be reached.
    """

    def __init__(
        self, url: str, name: str = QUEUE, safety: Safety = Safety.DEFAULT, *, lease: float = 0.0, own_workers: int = 0
    ) -> None:
        self.reply_to = uuid4().hex
        self._url = url
        self._names = Names(name)
        self.names = [self._names.calls]
        self._safe, self._is_own = safety is Safety.SAFE, bool(own_workers)
        self._changed = threading.Condition(threading.RLock())  # guards all that follows
        self._arrived: deque[bytes] = deque()
        self._lost: list[Lost] = []
        self._sent: set[str] = set()  # numbers of calls without an outcome
        self._outbox = Outbox(self._names, self.reply_to, safe=self._safe, own=self._is_own)
        self._withdrawals = Withdrawals(self._names, self.reply_to)
        self._ended_at: float | None = None
        self._search = Search(self._names.calls, self._withdrawals)
        self._line = Line(self._open)
        self._line.get()

    def send(self, call: bytes, number: str) -> None:
        """Give a call to the server."""
        self.send_many([Sending(call, number)])

    def send_many(self, calls: Sequence[Sending]) -> int:
        """Give calls to the server; wait while more than a thousand are not confirmed, at safe until these are.

        Raises:
            BrokenError: the server cannot be reached, or confirms nothing any more; what was sent before, and is sent
                again, is sent once.
            ValueError: a call is larger than RabbitMQ accepts.
        """
        thread, calls = self._line.get(), calls[:MOST_UNCONFIRMED]
        numbers = [number for _, number in calls]
        with self._changed:
            if not self._changed.wait_for(lambda: thread.error or self._outbox.has_room(thread.channel), ANSWER_WITHIN):
                raise thread.channel.failure(f"nothing was taken or confirmed within {ANSWER_WITHIN:.0f} s")
            if thread.error is not None:
                raise thread.error
            self._outbox.add(calls)
            self._sent.update(numbers)
            thread.post(partial(self._outbox.publish, thread.channel))
            if self._safe:
                are_confirmed = partial(self._outbox.confirmed, numbers)
                self._changed.wait_for(lambda: thread.error or are_confirmed(), 2 * ANSWER_WITHIN)
                if thread.error is not None and not are_confirmed():
                    raise thread.error
        return len(calls)

    def workers(self) -> int:
        """Return how many workers serve the queue, as far as RabbitMQ has told."""
        return self._search.serving

    def receive(self, timeout: float) -> list[bytes]:
        """Return the outcomes and notes that have come."""
        thread = self._line.get()
        with self._changed:
            self._changed.wait_for(lambda: self._arrived or self._lost or thread.error, timeout)
            found = list(self._arrived)
            self._arrived.clear()
        return found

    def lost(self) -> list[Lost]:
        """Return the calls that nobody will answer, each once."""
        with self._changed:
            lost, self._lost = self._lost, []
        return lost

    def withdraw(self, number: str) -> bool:
        """Take back a call that no worker has taken."""
        return bool(self.withdraw_all([number]))

    def withdraw_all(self, numbers: Sequence[str]) -> list[str]:
        """Ask all workers that this executor knows; return the numbers of the calls that were taken back.

        A worker that it does not know has taken none: it would have asked first.
        """
        thread = self._line.get()
        with self._changed:
            numbers = [number for number in numbers if number in self._sent]
        if not numbers:
            return []
        question = thread.call(lambda: self._withdrawals.ask(thread.channel, numbers))
        with self._changed:
            self._changed.wait_for(lambda: question.is_answered or thread.error, WITHDRAWN_WITHIN)
        return thread.call(partial(self._decide, thread, question))

    def close(self, *, with_calls: bool = False) -> None:
        """Remove the queue of outcomes, and that of calls; workers drop the calls of this executor that have none."""
        thread = self._line.give_up()
        with suppress(BrokenError):
            if thread is None or thread.error is not None:
                thread = self._open()
            done = Future[None]()
            thread.call(partial(self._say_goodbye, thread, done, with_calls=with_calls))
            with suppress(NoAnswer):
                done.result(ANSWER_WITHIN)
        if thread is not None:
            thread.close()

    def _open(self) -> ChannelThread:
        with self._changed:
            is_broken = self._outbox.was_silent and not self._outbox.open_calls(self._sent)
        if is_broken and self._is_own:
            with suppress(BrokenError):
                remove_if_empty(self._url, self._names.calls)
        callbacks = self._on_message, self._on_confirmed, self._on_returned
        channel = open_channel(self._url, self._names, self.reply_to, *callbacks)
        self._outbox.limit = largest_message(channel)
        with self._changed:
            if self._ended_at is not None and Clock.monotonic() - self._ended_at > KEPT_FOR / 1_000:
                self._lose(dict.fromkeys(self._sent, "the connection was lost for longer than outcomes are kept"))
            self._ended_at = None
            ended, look = partial(self._on_ended, channel), partial(self._look, channel)
            thread = ChannelThread(channel, self._changed, ended, look)
            self._outbox.begin_again()
            thread.post(partial(self._outbox.publish, channel))
        return thread

    def _say_goodbye(self, thread: ChannelThread, done: Future[None], *, with_calls: bool) -> None:
        channel = thread.channel
        self._search.is_over = True
        self._withdrawals.tell_all(channel, Kind.GOODBYE)
        if with_calls:
            channel.pika.queue_delete(self._names.calls, callback=lambda _: None)
        channel.pika.queue_delete(self._names.outcomes(self.reply_to), callback=lambda _: done.set_result(None))

    def _decide(self, thread: ChannelThread, question: Any) -> list[str]:
        with self._changed:
            taken_back = self._withdrawals.decide(thread.channel, question, self._sent)
            self._sent.difference_update(taken_back)
        return taken_back

    def _on_message(self, channel: RabbitmqChannel, _: Any, method: Any, properties: Any, message: bytes) -> None:
        number = properties.correlation_id or ""
        with self._changed:
            self._outbox.hear(properties)
            if properties.type == Kind.OUTCOMES:
                for ended, outcome in decode_several(message):
                    if ended in self._sent:
                        self._arrived.append(outcome)
                        self._sent.discard(ended)
                        self._withdrawals.end(ended)
            elif number in self._sent and properties.type == Kind.BEGUN:
                self._arrived.append(message)
            elif properties.type == Kind.LOST:
                reason, refused = why_lost(properties)
                self._lose({number: reason}, CallRefusedError if refused else BrokerLostError)
            else:
                self._lose(self._withdrawals.hear(channel, properties, message, self._sent))
            self._changed.notify_all()
        channel.pika.basic_ack(method.delivery_tag)

    def _on_confirmed(self, numbers: Sequence[str] | None, stored: bool) -> None:  # noqa: FBT001 - as RabbitmqChannel calls it
        with self._changed:
            taken = self._outbox.take(numbers or ())
            self._lose({} if stored else dict.fromkeys(taken, "RabbitMQ refused it"), NotAcceptedError)
            self._changed.notify_all()

    def _on_returned(self, channel: RabbitmqChannel, _: Any, method: Any, properties: Any, message: bytes) -> None:
        """Make the queue of calls again, which is gone, and send the call again; or note that a worker is gone."""
        if properties.type not in {Kind.CALL, Kind.CALLS}:
            with self._changed:
                self._lose(self._withdrawals.forget(method.routing_key))
                self._changed.notify_all()
        else:
            self._outbox.send_again(channel, properties, message)

    def _lose(self, reasons: dict[str, str], error: type[BrokerLostError | CallRefusedError] = BrokerLostError) -> None:
        for number in [one for one in reasons if one in self._sent]:
            self._sent.discard(number)
            self._lost.append(Lost(number, reasons[number], error))

    def _on_ended(self, channel: RabbitmqChannel, error: BrokenError) -> BrokenError:
        self._ended_at = Clock.monotonic()
        self._search.serving = 0
        error, lost = self._outbox.connection_lost(error, channel.blocked)
        self._lose(dict.fromkeys(lost, f"RabbitMQ has not confirmed it: {error}"), NotAcceptedError)
        return error

    def _look(self, channel: RabbitmqChannel) -> None:
        """See that workers are there, and calls, and that RabbitMQ accepts some."""
        self._withdrawals.look(channel)
        with self._changed:
            if self._outbox.is_overdue(channel.unsent_bytes):
                raise channel.failure(channel.blocked or NO_CONFIRMATION)
        self._search.look(channel, partial(self._on_counted, channel))

    def _on_counted(self, channel: RabbitmqChannel, waiting: int) -> None:
        with self._changed:
            gone = self._search.find(channel, waiting, self._outbox.open_calls(self._sent))
            self._lose(dict.fromkeys(gone, GONE))
            self._changed.notify_all()
