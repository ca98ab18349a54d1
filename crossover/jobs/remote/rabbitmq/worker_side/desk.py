"""What a worker knows: calls that it has, and what their executors have withdrawn."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from brokers.rabbitmq.connection.channel import RabbitmqChannel
from crossover.jobs.remote.job_queue import Delivery
from crossover.jobs.remote.rabbitmq.messages import TOGETHER, Kind, Names, decode_numbers, encode_numbers, properties
from crossover.jobs.remote.rabbitmq.worker_side.held import Held, Parcel, Parcels


class Desk:
    """Calls between RabbitMQ and the worker; whoever uses it has its lock.

    Attributes:
        worker: the name of this connection.
        ready: calls that may be handed out.
        held: calls that were handed out, or are being answered.
        together: how many calls in a message are welcome.
        parcels: messages that are not acknowledged.
        finished: calls with an outcome, which RabbitMQ delivers again, since the connection was lost before.

    Args:
        names: of queues.
        changed: with the lock; notified when there is something ready.
    """

    def __init__(self, names: Names, changed: threading.Condition) -> None:
        self._names, self._changed = names, changed
        self.worker = ""
        self.together = 1
        self.parcels = Parcels()
        self.ready: deque[Delivery] = deque()
        self.held: dict[tuple[str, str], Held] = {}
        self.finished: set[tuple[str, str]] = set()
        self._withdrawn: dict[str, set[str]] = {}  # of each executor that has answered
        self._waiting: dict[str, list[Delivery]] = {}  # calls of each executor that has not
        self._unused: set[tuple[str, str]] = set()  # calls that were not handed out when the connection was lost

    def begin(self, worker: str) -> None:
        """A connection is made."""
        self.worker = worker

    def hand_out(self, room: int) -> list[Delivery]:
        """Return at most `room` calls that are ready; from now on they are held."""
        deliveries = [self.ready.popleft() for _ in range(min(room, len(self.ready)))]
        for delivery in deliveries:
            held: Any = delivery.tag
            if held.key in self.held:
                held.rename()
            self.held[held.key] = held
        return deliveries

    def lose(self, deliveries: Iterable[Delivery]) -> None:
        """Calls were handed out, but not taken, as the connection was lost: RabbitMQ delivers them again, or has."""
        with self._changed:
            for delivery in deliveries:
                held: Any = delivery.tag
                is_here = self.held.get(held.key) is held
                if is_here and held.answer is None:
                    self.held.pop(held.key, None)
                    if held.parcel is None:
                        self._unused.add(held.key)
                    else:
                        self._make_ready(delivery)

    def answered(self) -> list[Held]:
        """Return what has an answer that is not confirmed."""
        with self._changed:
            return [held for held in self.held.values() if held.answer is not None]

    def unused(self) -> list[Delivery]:
        """Return, and forget, what was not handed out."""
        found = [*self.ready, *(delivery for waiting in self._waiting.values() for delivery in waiting)]
        self.ready.clear()
        self._waiting.clear()
        return found

    def receive(self, channel: RabbitmqChannel, parcel: Parcel, calls: Sequence[Held]) -> None:
        """A message comes with calls of one executor."""
        self.parcels.add(parcel)
        ask = [self._receive(channel, held) for held in calls]
        if any(ask):
            self._say_hello(channel, calls[0].content[1])

    def _receive(self, channel: RabbitmqChannel, held: Held) -> bool:
        """Return whether the executor of a call must be asked first."""
        _, executor, number = held.content
        if held.was_taken and held.key in self.finished:
            self.finished.discard(held.key)
            self.parcels.settle(channel, [held])
            return False
        if (ours := self.held.get(held.key)) is not None:
            if held.was_taken and held.content == ours.content:
                if ours.parcel is None:  # the connection was lost meanwhile, and this worker still has it
                    ours.parcel = held.parcel
                else:  # it was sent twice, as its first confirmation was lost
                    self.parcels.settle(channel, [held])
                return False
            held.rename()
        may_have_ended = not held.safe or held.has_company
        held.in_doubt = held.was_taken and may_have_ended and held.key not in self._unused
        self._unused.discard(held.key)
        delivery = held.delivery
        if not executor or not number:
            self._make_ready(delivery)
        elif executor in self._withdrawn and not held.in_doubt:
            self._admit(channel, delivery)
        else:
            is_first = executor not in self._waiting
            self._waiting.setdefault(executor, []).append(delivery)
            return is_first or held.in_doubt
        return False

    def hear(self, channel: RabbitmqChannel, of: Any, message: bytes) -> None:
        """Note what an executor says."""
        executor, calls = of.reply_to or "", decode_numbers(message)
        if of.type == Kind.KNOWN:
            self._withdrawn[executor] = set(calls)
            for delivery in self._waiting.pop(executor, []):
                self._admit(channel, delivery)
        elif of.type == Kind.WITHDRAW:
            taken = [call for call in calls if (executor, call) in self.held]
            self._tell(channel, executor, Kind.TAKEN, taken, of.correlation_id or "")
            if executor in self._withdrawn:
                self._withdrawn[executor].update(set(calls) - set(taken))
                self._drop_ready(channel, executor)
        elif of.type == Kind.WHO_HAS:
            here = self._numbers(executor)
            self._tell(channel, executor, Kind.TAKEN, [call for call in calls if call in here], of.correlation_id or "")
        elif of.type == Kind.KEEP:
            self._withdrawn.get(executor, set()).difference_update(calls)
        elif of.type == Kind.GOODBYE:
            self.forget(channel, self._names.outcomes(executor))

    def forget(self, channel: RabbitmqChannel, queue: str) -> None:
        """An executor is gone: nobody waits for its calls."""
        for executor in [one for one in {*self._withdrawn, *self._waiting} if self._names.outcomes(one) == queue]:
            self._withdrawn.pop(executor, None)
            self._drop(channel, self._waiting.pop(executor, []))
            self._drop(channel, self._take_out(lambda one, gone=executor: one.reply_to == gone))  # type: ignore[misc]

    def tell_what_it_has(self, channel: RabbitmqChannel, taken: Iterable[Held] | None = None) -> None:
        """Tell executors what runs here that nobody repeats: they look whether this connection is there.

        Args:
            channel: to tell them.
            taken: what has been taken now; None: all that is held.
        """
        new: dict[str, list[str]] = {}
        with self._changed:
            for held in self.held.values() if taken is None else taken:
                if not held.safe and held.told is not channel and self.held.get(held.key) is held:
                    held.told = channel
                    new.setdefault(held.key[0], []).append(held.key[1])
            for executor, calls in new.items():
                if executor:
                    self._tell(channel, executor, Kind.HAS, calls)

    def tell_that_it_is_back(self, channel: RabbitmqChannel, held: Held) -> None:
        """Tell an executor that a call is not here any more."""
        if held.key[0]:
            self._tell(channel, held.key[0], Kind.BACK, [held.key[1]])

    def say_hello_again(self, channel: RabbitmqChannel) -> None:
        """Ask executors that have not answered."""
        with self._changed:
            for executor in self._waiting:
                self._say_hello(channel, executor)

    def connection_lost(self) -> None:
        """RabbitMQ delivers everything again, to this worker or another one."""
        self._unused = {(delivery.reply_to, delivery.number) for delivery in self.unused()}
        self._withdrawn.clear()
        self.finished.update(self.parcels.lose())
        for held in self.held.values():
            held.parcel = None

    def _numbers(self, executor: str) -> set[str]:
        """Return the numbers of all calls of an executor that are here."""
        waiting = [*self.ready, *self._waiting.get(executor, [])]
        taken = {call for one, call in self.held if one == executor}
        return taken | {delivery.number for delivery in waiting if delivery.reply_to == executor}

    def _admit(self, channel: RabbitmqChannel, delivery: Delivery) -> None:
        if delivery.number in self._withdrawn[delivery.reply_to]:
            self._drop(channel, [delivery])
        else:
            self._make_ready(delivery)

    def _make_ready(self, delivery: Delivery) -> None:
        self.ready.append(delivery)
        self._changed.notify_all()

    def _drop_ready(self, channel: RabbitmqChannel, executor: str) -> None:
        withdrawn = self._withdrawn[executor]
        self._drop(channel, self._take_out(lambda one: one.reply_to == executor and one.number in withdrawn))

    def _take_out(self, which: Callable[[Delivery], bool]) -> list[Delivery]:
        found = [delivery for delivery in self.ready if which(delivery)]
        if found:
            self.ready = deque(delivery for delivery in self.ready if not which(delivery))
        return found

    def _drop(self, channel: RabbitmqChannel, deliveries: list[Delivery]) -> None:
        for delivery in deliveries:
            held: Any = delivery.tag
            self.parcels.settle(channel, [held])
            if delivery.reply_to in self._withdrawn:
                self._withdrawn[delivery.reply_to].discard(delivery.number)
                self._tell(channel, delivery.reply_to, Kind.DROPPED, [delivery.number])

    def _say_hello(self, channel: RabbitmqChannel, executor: str) -> None:
        """Ask what is not to be done: what it has withdrawn, and what a worker had begun that is gone."""
        waiting: list[Any] = [delivery.tag for delivery in self._waiting[executor]]
        in_doubt = [held.key[1] for held in waiting if held.in_doubt]
        of = properties(Kind.HELLO, "", self.worker, **{TOGETHER: self.together})
        channel.publish(self._names.outcomes(executor), encode_numbers(in_doubt), of)

    def _tell(self, channel: RabbitmqChannel, executor: str, kind: Kind, calls: list[str], number: str = "") -> None:
        of = properties(kind, number, self.worker)
        channel.publish(self._names.outcomes(executor), encode_numbers(calls), of)
