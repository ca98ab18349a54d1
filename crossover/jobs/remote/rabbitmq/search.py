"""Finds calls that RabbitMQ does not have any more, because their queue was purged, deleted, or lost."""

from __future__ import annotations

from itertools import islice

from brokers.rabbitmq.channel import RabbitmqChannel
from crossover.jobs.remote.rabbitmq.withdrawals import Question, Withdrawals

GONE = "RabbitMQ has it no longer, and no worker has it: its queue was purged or deleted, or the server has lost it"
MOST_ASKED = 1_000  # calls that workers are asked for at a time


class Search:
    """Looks every few seconds. A call is lost when the queue was empty and no worker had it, at two looks in a row.

    One look does not tell: a call may be on its way to a worker. Only the thread of the channel uses it.

    Args:
        withdrawals: of the executor: knows its workers.
    """

    def __init__(self, withdrawals: Withdrawals) -> None:
        self._withdrawals = withdrawals
        self._before: set[str] = set()  # calls without an outcome at the last look
        self._missing: set[str] = set()  # those of them that no worker had
        self._question: Question | None = None

    def look(self, channel: RabbitmqChannel, waiting: int, open_calls: set[str]) -> set[str]:
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
