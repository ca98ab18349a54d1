"""Takes calls from the broker: as many as the processes finish in a short time.

Each command costs as much as many short calls, so those are taken in groups. A long call is taken by the worker that
does it next: what waits here could be done elsewhere, and is given back.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from contextlib import suppress

from crossover.contract.errors import BrokenError
from crossover.jobs.dispatcher import Dispatcher
from crossover.jobs.metrics.of_worker import Metrics
from crossover.jobs.remote.job_queue import Delivery
from crossover.jobs.service.calls.entrance import Entrance, Refusal
from crossover.jobs.service.calls.held_call import HeldCall
from crossover.jobs.service.calls.replies import Replies
from crossover.jobs.service.events import Events
from crossover.jobs.service.link import Link
from crossover.jobs.task import Task

ENOUGH_FOR = 0.05  # seconds in which the processes do what is taken ahead, where that is more than is asked for
MOST = 500  # calls that a worker has at a time
MOST_BYTES = 2**24  # of their messages, as far as those of late tell
MOST_TOGETHER = 20  # calls in a message
WEIGHT = 8  # calls, of which each mean is made
STALLED = 0.2  # seconds without an outcome, after which what waits is given back
WAITS_FOR = 1.0  # seconds that a call may wait here, in any case


class Appetite:
    """How many calls a worker holds: follows how long they run, and how large they are.

    Attributes:
        capacity: how many calls the worker may hold.
        ahead: how many of them may wait, however long they run.

    Args:
        processes: of the worker.
        prefetch: calls that are taken ahead, per process, and more where they are short; 0: none.
    """

    def __init__(self, processes: int, prefetch: int) -> None:
        self._processes = processes
        self.ahead = processes * prefetch
        self.capacity = self._least = processes + self.ahead
        self._seconds, self._size = ENOUGH_FOR, 0.0  # of a call, of late

    def room(self, held: int) -> int:
        """Return how many calls to take; of many, none until half of them have ended."""
        room = self.capacity - held
        return room if self.capacity == self._least or 2 * room >= self.capacity else 0

    @property
    def together(self) -> int:
        """How many calls may come in a message: they are done as soon as one would be that is not short."""
        return min(MOST_TOGETHER, self.capacity // self._least)

    def ended(self, calls: Sequence[HeldCall]) -> None:
        """Calls have ended."""
        for call in calls:
            self._size += (len(call.delivery.call) - self._size) / WEIGHT
            if call.seconds >= 0:
                self._seconds += (call.seconds - self._seconds) / WEIGHT
        if self.ahead:
            wanted = min(self._processes * ENOUGH_FOR / max(self._seconds, 1e-6), MOST_BYTES / max(self._size, 1.0))
            self.capacity = max(self._least, min(MOST, int(wanted)))

    def stall(self) -> None:
        """Calls take longer than was thought."""
        self._seconds, self.capacity = ENOUGH_FOR, self._least


class Holding:
    """The calls that a worker has.

    Attributes:
        calls: in the order in which they were taken.
        changed: notified when some have ended.

    Args:
        appetite: says how many there may be.
        events: says what is taken.
        metrics: counts what is refused and given back.
    """

    def __init__(self, appetite: Appetite, events: Events, metrics: Metrics) -> None:
        self.calls: dict[HeldCall, None] = {}
        self.changed = threading.Condition()
        self._appetite, self._events, self._metrics = appetite, events, metrics
        self._ended_at = 0.0

    def take(self, link: Link, timeout: float, *, is_lent: bool) -> Sequence[Delivery]:
        """Take calls, or wait for room, for a number of seconds.

        Args:
            link: to the broker.
            timeout: in seconds.
            is_lent: whether the worker takes none, since it is lent to a run.
        """
        with self.changed:
            room = 0 if is_lent else self._appetite.room(len(self.calls))
            if not room:
                self.changed.wait(timeout)
                return ()
        return link.take(room, timeout, self._appetite.together)

    def accept(self, delivery: Delivery, entrance: Entrance, replies: Replies, link: Link) -> HeldCall | None:
        """Return a call that is to be done; None: it is refused."""
        try:
            call, body = entrance.check(delivery)
        except Refusal as refusal:
            with suppress(BrokenError):  # it was given up
                link.refuse(refusal.delivery, str(refusal))
            self._metrics.ended("refused", -1)
            self._events.tell("refused", f"a call was refused: {refusal}", why=str(refusal))
            return None
        held = HeldCall(delivery, call, body, replies.begun)
        with self.changed:
            self.calls[held] = None
        if self._events.tells("taken"):
            self._events.tell("taken", number=call.number, function=call.function, redelivered=delivery.redelivered)
        # no closure over it: only the garbage collector would free both
        held.add_done_callback(replies.ended)  # type: ignore[arg-type]  # it is given what it was added to
        return held

    def release(self, calls: Sequence[HeldCall]) -> None:
        """Calls have ended."""
        with self.changed:
            for call in calls:
                self.calls.pop(call, None)
            self._appetite.ended(calls)
            self._ended_at = time.monotonic()
            self.changed.notify_all()

    def share(self, dispatcher: Dispatcher, link: Link, entrance: Entrance) -> None:
        """Give back what waits for long, besides what is to be ahead: another worker may do it sooner."""
        appetite, now = self._appetite, time.monotonic()
        with self.changed:
            oldest = next(iter(self.calls)).since if len(self.calls) > appetite.ahead else now
            patience = STALLED if now - self._ended_at > STALLED else WAITS_FOR
        if now - oldest <= patience:
            return
        waiting = dispatcher.withdraw(appetite.ahead, lambda task: now - _call(task).since > patience)
        if not waiting:
            return
        calls = [_call(task) for task in waiting]
        appetite.stall()
        if not self.give_back(calls, link):
            with suppress(RuntimeError):  # the processes are gone
                dispatcher.submit_all(calls)
            return
        with self.changed:
            for call in calls:
                entrance.forget(call.call)
                self.calls.pop(call, None)

    def give_back(self, calls: Sequence[HeldCall], link: Link) -> bool:
        """Give calls back to the broker; return whether the broker has them."""
        try:
            link.give_back(*(call.delivery for call in calls))
        except BrokenError:
            return False
        for call in calls:
            self._metrics.ended("given_back", -1)
            self._events.tell("given_back", number=call.call.number)
        return True


def _call(task: Task) -> HeldCall:
    assert isinstance(task, HeldCall)
    return task
