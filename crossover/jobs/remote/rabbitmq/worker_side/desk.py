"""What a worker knows: calls that it has, and what their executors have withdrawn."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from brokers.rabbitmq.connection.channel import RabbitmqChannel
from crossover.jobs.remote.job_queue import Delivery
from crossover.jobs.remote.rabbitmq.messages import Kind, Names, decode_numbers
from crossover.jobs.remote.rabbitmq.worker_side.held import Held, Parcel, Parcels
from crossover.jobs.remote.rabbitmq.worker_side.letters import Letters

MOST_FINISHED = 10_000  # calls that are remembered until RabbitMQ delivers them again


class Desk:
    """Calls between RabbitMQ and the worker; whoever uses it has its lock.

    Attributes:
        letters: what executors are told.
        ready: calls that may be handed out.
        held: calls that were handed out, or are being answered.
        parcels: messages that are not acknowledged.
        apart: calls that are to be put into the queue again, each by itself: a worker that had them is gone, perhaps
            because of one of them, and deaths are counted for each message.
        finished: calls that have ended, and that RabbitMQ delivers again, since the connection was lost before.

    Args:
        names: of queues.
        changed: with the lock; notified when there is something ready.
    """

    def __init__(self, names: Names, changed: threading.Condition) -> None:
        self._names, self._changed = names, changed
        self.letters = Letters(names)
        self.parcels = Parcels()
        self.ready: deque[Delivery] = deque()
        self.held: dict[tuple[str, str], Held] = {}
        self.apart: list[Held] = []
        self.finished: set[tuple[str, str, int]] = set()
        self._withdrawn: dict[str, set[str]] = {}  # of each executor that has answered
        self._waiting: dict[str, list[Delivery]] = {}  # calls of each executor that has not
        self._unused: dict[tuple[str, str, int], int] = {}  # what was not handed out before a loss → its deaths

    def begin(self, worker: str) -> None:
        """A connection is made."""
        self.letters.worker = worker

    def hand_out(self, room: int) -> list[Delivery]:
        """Return at most `room` calls that are ready, and what has come with the last; from now on they are held."""
        deliveries: list[Delivery] = []
        last: object = None
        while self.ready:
            held: Any = self.ready[0].tag
            if len(deliveries) >= room and held.parcel is not last:
                break
            last = held.parcel
            deliveries.append(self.ready.popleft())
            self.hold(held)
        return deliveries

    def hold(self, held: Held) -> None:
        """A call is held from now on: by its key, unless another one has that."""
        if self.held.get(held.key, held) is not held:
            held.rename()
        self.held[held.key] = held

    def lose(self, deliveries: Iterable[Delivery]) -> None:
        """Calls were handed out, but not taken, as the connection was lost: RabbitMQ delivers them again, or has."""
        with self._changed:
            for delivery in deliveries:
                held: Any = delivery.tag
                is_here = self.held.get(held.key) is held
                if is_here and held.answer is None:
                    self.held.pop(held.key, None)
                    if held.parcel is None:
                        self._unused[held.identity] = held.deaths
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
        ask = [self._sort_in(channel, held) for held in calls if not self._is_known(channel, held)]
        if any(ask):
            self._ask(channel, calls[0].content[1])

    def _is_known(self, channel: RabbitmqChannel, held: Held) -> bool:
        """Return whether a call has ended, or is here already; then it is dealt with."""
        if held.was_taken and held.identity in self.finished:
            self.finished.discard(held.identity)
            self.parcels.settle(channel, [held])
            return True
        if (ours := self.held.get(held.key)) is not None:
            if held.was_taken and held.content == ours.content and held.copies == ours.copies:
                if ours.parcel is None:  # the connection was lost meanwhile, and this worker still has it
                    ours.parcel = held.parcel
                else:  # it was sent twice, as its first confirmation was lost
                    self.parcels.settle(channel, [held])
                return True
            held.rename()
        return False

    def _sort_in(self, channel: RabbitmqChannel, held: Held) -> bool:
        """Return whether the executor of a call must be asked first."""
        _, executor, number = held.content
        was_unused = self._unused.pop(held.identity, None) == held.deaths - 1  # nobody else had it meanwhile
        was_here = held.was_taken or held.copies > 0
        held.in_doubt = was_here and (held.has_company or (not held.safe and not was_unused))
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
            question = of.correlation_id or ""
            self._admit_answered(channel, executor, int(question) if question.isdecimal() else 0)
        elif of.type == Kind.WITHDRAW:
            here = self._taken(executor)
            taken = [call for call in calls if call in here]
            self.letters.tell(channel, executor, Kind.TAKEN, taken, of.correlation_id or "")
            if executor in self._withdrawn:
                self._withdrawn[executor].update(set(calls) - set(taken))
                gone = self._withdrawn[executor]
                self._drop(channel, self._take_out(lambda one: one.reply_to == executor and one.number in gone))
        elif of.type == Kind.WHO_HAS:
            here = self._numbers(executor)
            self.letters.tell(
                channel, executor, Kind.TAKEN, [call for call in calls if call in here], of.correlation_id or ""
            )
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
        with self._changed:
            calls = self.held.values() if taken is None else taken
            self.letters.tell_what_runs(channel, [held for held in calls if self.held.get(held.key) is held])

    def say_hello_again(self, channel: RabbitmqChannel) -> None:
        """Ask executors that have not answered."""
        with self._changed:
            for executor in self._waiting:
                self._ask(channel, executor)

    def connection_lost(self) -> None:
        """RabbitMQ delivers everything again, to this worker or another one."""
        unused: list[Any] = [delivery.tag for delivery in self.unused()]
        self._unused = {held.identity: held.deaths for held in unused}
        self._withdrawn.clear()
        if len(self.finished) > MOST_FINISHED:
            self.finished.clear()
        self.finished.update(self.parcels.lose())
        self.apart.clear()
        self.held = {held.key: held for held in self.held.values() if not held.is_given_back}
        for held in self.held.values():
            held.parcel = None

    def _numbers(self, executor: str) -> set[str]:
        """Return the numbers of all calls of an executor that are here."""
        waiting = [*self.ready, *self._waiting.get(executor, [])]
        return self._taken(executor) | {delivery.number for delivery in waiting if delivery.reply_to == executor}

    def _taken(self, executor: str) -> set[str]:
        """Return the numbers of its calls that were handed out, or are being answered."""
        return {number for _, one, number in (held.content for held in self.held.values()) if one == executor}

    def _admit_answered(self, channel: RabbitmqChannel, executor: str, question: int) -> None:
        """An executor has answered a question: what was named in a later one goes on waiting."""
        waiting = self._waiting.pop(executor, [])
        later = []
        for delivery in waiting:
            held: Any = delivery.tag
            if held.asked > question:
                later.append(delivery)
            else:
                self._admit(channel, delivery)
        if later:
            self._waiting[executor] = later

    def _admit(self, channel: RabbitmqChannel, delivery: Delivery) -> None:
        held: Any = delivery.tag
        if delivery.number in self._withdrawn[delivery.reply_to]:
            self._drop(channel, [delivery])
        elif held.was_taken and held.has_company:
            self.apart.append(held)
        else:
            self._make_ready(delivery)

    def _make_ready(self, delivery: Delivery) -> None:
        self.ready.append(delivery)
        self._changed.notify_all()

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
                self.letters.tell(channel, delivery.reply_to, Kind.DROPPED, [delivery.number])

    def _ask(self, channel: RabbitmqChannel, executor: str) -> None:
        waiting: list[Any] = [delivery.tag for delivery in self._waiting[executor]]
        self.letters.ask(channel, executor, waiting)
