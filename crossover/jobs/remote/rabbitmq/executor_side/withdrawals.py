"""Calls that an executor takes back: what it asks workers, and what they answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import uuid4

from brokers.rabbitmq.connection.channel import RabbitmqChannel
from crossover.jobs.remote.rabbitmq.messages import Kind, Names, decode_numbers, encode_numbers, properties

WORKER_GONE = "the worker that had taken it has died, or has lost its connection"
WITHDRAWN_WITHIN = 2.0  # seconds that workers have to answer; a call is not withdrawn where one does not


class Question:
    """Whether workers have taken some calls.

    Attributes:
        number: of the question.
        calls: numbers of the calls.
        waits_for: workers that have not answered.
        taken: calls that a worker has taken.
        dropped: calls that a worker has dropped.
        withdraws: whether workers are to drop them.

    Args:
        calls: numbers of the calls.
        workers: that are asked.
        withdraws: whether workers are to drop them.
    """

    def __init__(self, calls: Sequence[str], workers: Iterable[str], *, withdraws: bool = True) -> None:
        self.number = uuid4().hex
        self.calls = calls
        self.waits_for = set(workers)
        self.withdraws = withdraws
        self.taken: set[str] = set()
        self.dropped: set[str] = set()

    @property
    def is_answered(self) -> bool:
        """Whether all have answered."""
        return not self.waits_for

    def allows(self, call: str) -> bool:
        """Return whether no worker runs a call, now or later."""
        return call in self.dropped or (self.is_answered and call not in self.taken)


class Withdrawals:
    """What one executor has withdrawn, and the workers that know of it. Only the thread of the channel uses it.

    Args:
        names: of queues.
        executor: its name.
    """

    def __init__(self, names: Names, executor: str) -> None:
        self._names, self._executor = names, executor
        self._workers: set[str] = set()
        self._withdrawn: set[str] = set()
        self._questions: dict[str, Question] = {}
        self._taken_by: dict[str, str] = {}  # call that nobody repeats → the worker that has it

    def ask(self, channel: RabbitmqChannel, calls: Sequence[str]) -> Question:
        """Ask all workers that are known; those that come later are told when they say hello."""
        question = Question(calls, self._workers)
        self._questions[question.number] = question
        self._withdrawn.update(calls)
        self.tell_all(channel, Kind.WITHDRAW, calls, question.number)
        return question

    def ask_who_has(self, channel: RabbitmqChannel, calls: Sequence[str]) -> Question:
        """Ask all workers that are known which of some calls they have; nothing is withdrawn."""
        question = Question(calls, self._workers, withdraws=False)
        self._questions[question.number] = question
        self.tell_all(channel, Kind.WHO_HAS, calls, question.number)
        return question

    def close(self, question: Question) -> None:
        """Hear no more answers to a question."""
        self._questions.pop(question.number, None)

    def decide(self, channel: RabbitmqChannel, question: Question, unanswered: set[str]) -> list[str]:
        """Return which calls are withdrawn; the others are not.

        Args:
            channel: to tell workers.
            question: that was asked.
            unanswered: calls without an outcome.
        """
        self.close(question)
        taken_back = [call for call in question.calls if call in unanswered and question.allows(call)]
        ended = (set(question.calls) - set(taken_back)) | question.dropped
        if ended:
            self._withdrawn -= ended
            self.tell_all(channel, Kind.KEEP, ended)
        return taken_back

    def hear(self, channel: RabbitmqChannel, of: Any, message: bytes, unanswered: set[str]) -> dict[str, str]:
        """Note what a worker says; return the calls that nobody will do: number → reason.

        Args:
            channel: to answer.
            of: properties of what it says.
            message: its body.
            unanswered: calls without an outcome.
        """
        worker, calls = of.reply_to or "", decode_numbers(message)
        if of.type == Kind.HELLO:
            self._workers.add(worker)
            ended = [call for call in calls if call not in unanswered]
            begun = [call for call in calls if self._taken_by.get(call, worker) != worker]
            self._tell(channel, worker, Kind.KNOWN, [*self._withdrawn, *ended, *begun], of.correlation_id or "")
            return dict.fromkeys(begun, WORKER_GONE)
        if of.type == Kind.HAS:
            self._taken_by.update(dict.fromkeys(calls, worker))
        elif of.type == Kind.BACK:
            self.end(*calls)
        elif of.type == Kind.TAKEN and (question := self._questions.get(of.correlation_id)) is not None:
            question.taken.update(calls)
            question.waits_for.discard(worker)
        elif of.type == Kind.DROPPED:
            questions = [question for question in self._questions.values() if question.withdraws]
            asked = set().union(*(question.calls for question in questions))
            for question in questions:
                question.dropped.update(set(calls) & set(question.calls))
            self._withdrawn.difference_update(set(calls) - asked)
            self.tell_all(channel, Kind.KEEP, set(calls) - asked)
            return {call: "it was withdrawn while a worker did not answer" for call in calls if call not in asked}
        return {}

    def end(self, *calls: str) -> None:
        """Calls are with no worker any more."""
        for call in calls:
            self._taken_by.pop(call, None)

    def look(self, channel: RabbitmqChannel) -> None:
        """See whether the workers are there that have calls that nobody repeats: RabbitMQ returns what others get."""
        for worker in set(self._taken_by.values()):
            self._tell(channel, worker, Kind.KEEP, [])

    def forget(self, queue: str) -> dict[str, str]:
        """A worker is gone; return the calls that it had and that nobody repeats: number → reason."""
        lost = [call for call, worker in self._taken_by.items() if self._names.control(worker) == queue]
        self.end(*lost)
        for worker in [worker for worker in self._workers if self._names.control(worker) == queue]:
            self._workers.discard(worker)
            for question in self._questions.values():
                question.waits_for.discard(worker)
        return dict.fromkeys(lost, WORKER_GONE)

    def tell_all(self, channel: RabbitmqChannel, kind: Kind, calls: Iterable[str] = (), number: str = "") -> None:
        """Send something to all workers that are known."""
        for worker in self._workers:
            self._tell(channel, worker, kind, calls, number)

    def _tell(self, channel: RabbitmqChannel, worker: str, kind: Kind, calls: Iterable[str], number: str = "") -> None:
        of = properties(kind, number, self._executor)
        channel.publish(self._names.control(worker), encode_numbers(calls), of)
