"""Finds calls that RabbitMQ does not have any more, because their queue was purged, deleted, or lost."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import islice
from typing import Any

from brokers.rabbitmq.connection.channel import RabbitmqChannel
from crossover.contract.system import Clock
from crossover.jobs.remote.rabbitmq.executor_side.withdrawals import Question, Withdrawals
from crossover.jobs.remote.rabbitmq.messages import CALLS

GONE = "RabbitMQ has it no longer, and no worker has it: its queue was purged or deleted, or the server has lost it"
MOST_ASKED = 1_000  # calls that workers are asked for at a time
LOOK_EVERY = 2.0  # seconds


class Search:
    """Looks every few seconds. A call is lost when the queue was empty and no worker had it, at two looks in a row.

    One look does not tell: a call may be on its way to a worker. Only the thread of the channel uses it.

    Attributes:
        serving: workers that RabbitMQ has told of.
        is_over: whether the executor ends: the queue is removed, and must not be made again.

    Args:
        queue: of calls.
        withdrawals: of the executor: knows its workers.
    """

    def __init__(self, queue: str, withdrawals: Withdrawals) -> None:
        self.serving = 0
        self.is_over = False
        self._queue, self._withdrawals = queue, withdrawals
        self._looked_at = 0.0
        self._before: set[str] = set()  # calls without an outcome at the last look
        self._missing: set[str] = set()  # those of them that no worker had
        self._question: Question | None = None

    def look(self, channel: RabbitmqChannel, counted: Callable[[int], None]) -> None:
        """Ask how many calls are in the queue, if it is time; that it is declared again keeps it, or makes it again.

        Args:
            channel: to ask.
            counted: called with the answer.
        """
        if Clock.monotonic() - self._looked_at >= LOOK_EVERY and not self.is_over:
            self._looked_at = Clock.monotonic()
            answered = partial(self._on_declared, counted)
            channel.pika.queue_declare(self._queue, durable=True, arguments=CALLS, callback=answered)

    def _on_declared(self, counted: Callable[[int], None], frame: Any) -> None:
        self.serving = frame.method.consumer_count
        counted(frame.method.message_count)

    def find(self, channel: RabbitmqChannel, waiting: int, open_calls: set[str]) -> set[str]:
        """Return the calls that are lost; ask workers for the next look.

        Args:
            channel: to ask workers.
            waiting: calls in the queue.
            open_calls: those of this executor that RabbitMQ has confirmed, and that have no outcome.
        """
        question, self._question = self._question, None
        missing: set[str] = set()
        if question is not None:
            self._withdrawals.close(question)
            if not waiting and question.is_answered:
                missing = (set(question.calls) & open_calls) - question.taken
        lost, self._missing = missing & self._missing, missing - self._missing
        old = (self._before & open_calls) - lost
        if not waiting and old:
            asked = [*self._missing, *islice(old - self._missing, max(0, MOST_ASKED - len(self._missing)))]
            self._question = self._withdrawals.ask_who_has(channel, asked)
        self._before = open_calls
        return lost
