"""What a worker tells executors, besides outcomes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from brokers.rabbitmq.connection.channel import RabbitmqChannel
from crossover.jobs.remote.rabbitmq.messages import TOGETHER, Kind, Names, encode_numbers, properties
from crossover.jobs.remote.rabbitmq.worker_side.held import Held


class Letters:
    """Messages to their queues of outcomes; whoever uses it has the lock of the worker's side.

    Attributes:
        worker: the name of this connection.
        together: how many calls in a message are welcome.

    Args:
        names: of queues.
    """

    def __init__(self, names: Names) -> None:
        self.worker = ""
        self.together = 1
        self._names = names
        self._questions = 0

    def tell(self, channel: RabbitmqChannel, executor: str, kind: Kind, calls: Sequence[str], number: str = "") -> None:
        """Tell an executor something of some of its calls."""
        channel.publish(self._names.outcomes(executor), encode_numbers(calls), properties(kind, number, self.worker))

    def ask(self, channel: RabbitmqChannel, executor: str, waiting: Iterable[Held]) -> None:
        """Ask what is not to be done: what it has withdrawn, and what has ended, or another worker has begun."""
        in_doubt = [held for held in waiting if held.in_doubt]
        self._questions += 1
        for held in in_doubt:
            held.asked = held.asked or self._questions
        of = properties(Kind.HELLO, str(self._questions), self.worker, **{TOGETHER: self.together})
        channel.publish(self._names.outcomes(executor), encode_numbers([held.content[2] for held in in_doubt]), of)

    def tell_what_runs(self, channel: RabbitmqChannel, calls: Iterable[Held]) -> None:
        """Tell executors what runs here that nobody repeats: they look whether this connection is there."""
        new: dict[str, list[str]] = {}
        for held in calls:
            if not held.safe and held.told is not channel:
                held.told = channel
                _, executor, number = held.content
                new.setdefault(executor, []).append(number)
        for executor, numbers in new.items():
            if executor:
                self.tell(channel, executor, Kind.HAS, numbers)

    def tell_that_it_is_back(self, channel: RabbitmqChannel, held: Held) -> None:
        """Tell an executor that a call is not here any more."""
        _, executor, number = held.content
        if executor and number:
            self.tell(channel, executor, Kind.BACK, [number])
