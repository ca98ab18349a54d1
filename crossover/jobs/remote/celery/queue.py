"""The producer's side of calls over Celery."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import ClassVar
from uuid import uuid4

from brokers.celery.broker import celery_over
from brokers.celery.connection import was_silent
from brokers.celery.settings import EXTERNAL, Names
from brokers.external.options import QUEUE
from brokers.servers.registry import server_kind
from crossover.contract.errors import BrokenError, UsageError
from crossover.contract.safety import Safety
from crossover.jobs.errors import NotAcceptedError
from crossover.jobs.remote.celery.answers import AnswersInRabbitmq, AnswersInRedis, ExecutorAnswers
from crossover.jobs.remote.celery.open_calls import OpenCalls
from crossover.jobs.remote.celery.session import Session
from crossover.jobs.remote.celery.watch import Watch
from crossover.jobs.remote.job_queue import Lost, Sending, refuse_too_large

MOST_IN_VAIN = 3
NO_LEADER = (
    "the server is there, and has not said for a while that it has a call. `rabbitmqctl list_queues name state` shows "
    "whether {queue} has no leader; `rabbitmqctl delete_queue` removes one that never gets one"
)


class CeleryQueue:
    """Sends calls as Celery tasks, and receives their outcomes.

    What does not fit into its room waits here: to cancel that costs nothing. Of what the server has, the workers are
    asked.

    Attributes:
        reply_to: its name.
        names: what the server has of it.

    Args:
        url: of the server.
        name: of the queue; that of external workers has one name for all.
        safety: the level.
        lease: has no meaning here: Celery has none.
        own_workers: processes of the executor's own worker; 0: the workers are elsewhere.

    Raises:
        UsageError: external workers have no queue of that name.
        BrokenError: the server cannot be reached.
    """

    server: ClassVar[str]
    answers: ClassVar[type[ExecutorAnswers]]
    quorum: ClassVar[bool] = False  # whether the queue is one with a leader at the safe level, which it may lose

    def __init__(self, url: str, name: str, safety: Safety, *, lease: float = 0.0, own_workers: int = 0) -> None:
        if not own_workers and name != QUEUE:
            raise UsageError(f"Celery workers serve one queue for each safety level: leave out queue={name}")
        self._broker, self._url, self._own = celery_over(self.server), url, own_workers
        self._names = Names(name if own_workers else EXTERNAL, safety)
        self.names = self._broker.created(self._names)
        self._safe = safety is Safety.SAFE
        self.reply_to = uuid4().hex
        self._opening = threading.Lock()
        self._calls = OpenCalls(own_workers)
        self._in_vain = 0  # calls, one after the other, of which the server has not said that it has them
        self._limit = 0  # bytes of a call; 0: not asked for yet
        self._watch = Watch(f"{self.reply_to}:", most=1 if own_workers else None, safe=self._safe)
        self._session = self._new_session()

    def send(self, call: bytes, number: str) -> None:
        """Give a call to the server; or keep it, where the server has enough.

        Raises:
            BrokenError: the server cannot be reached.
            ValueError: it is larger than the server accepts.
        """
        self._limit = self._limit or self._broker.largest_message(self._url)
        refuse_too_large([Sending(call, number)], self._limit, server_kind(self.server).title)
        if not self._calls.add(call, number):
            return
        try:
            self._send(self._current(), call, number)
        except BaseException:
            self._calls.forget(number)
            raise

    def _send(self, session: Session, call: bytes, number: str) -> None:
        """Send a call.

        Raises:
            BrokenError: the connection is lost, or the server does not say that it has the call.
            NotAcceptedError: nor has it said so several times, and its queue belongs to others, too.
        """
        try:
            session.send(self._id(number), call)
        except BrokenError as error:
            is_silent = self._safe and self.quorum and was_silent(error) and not session.blocked
            self._in_vain = self._in_vain + 1 if is_silent else 0
            if self._in_vain >= MOST_IN_VAIN and not self._own:
                raise NotAcceptedError(NO_LEADER.format(queue=self._names.tasks)) from error
            raise
        self._in_vain = 0

    def send_many(self, calls: Sequence[Sending]) -> int:
        """Give the first call to the server."""
        self.send(*calls[0])
        return 1

    def receive(self, timeout: float) -> list[bytes]:
        """Return the outcomes and notes that have come; after a number of seconds, none.

        Raises:
            BrokenError: the server cannot be reached.
        """
        session = self._current()
        answers = session.receive(timeout)
        for answer in answers:
            self._calls.take(answer)
        if answers:
            self._watch.heard()
        else:
            self._look(session)
        self._send_waiting(session)
        return self._calls.arrived()

    def lost(self) -> list[Lost]:
        """Return the calls that nobody will answer, each once."""
        return self._calls.lost()

    def withdraw(self, number: str) -> bool:
        """Take back a call that no process has got.

        Raises:
            BrokenError: the server cannot be reached, or a worker does not answer.
        """
        if (cancelled := self._calls.cancel(number)) is not None:
            return cancelled
        session = self._current()
        withdrawn = self._watch.withdraws(session, self._id(number))
        if withdrawn is not None:
            return withdrawn and self._calls.forget(number)
        self._take_back(session, {self._id(number)})
        if not self._calls.cancel(number):
            raise BrokenError("not every Celery worker says whether it has the call")
        return True

    def workers(self) -> int:
        """Return how many workers have answered a short time ago."""
        return self._watch.workers(self._current())

    def close(self, *, with_calls: bool = False) -> None:
        """Remove what this executor has created on the server, and disconnect.

        Args:
            with_calls: remove the queue of calls, too: nobody else uses it.
        """
        with suppress(BrokenError):
            session = self._current()
            if not self._own:
                self._withdraw_all(session)
        self._session.close(remove=True)
        if with_calls:
            self._broker.remove(self._url, self._names)

    def _withdraw_all(self, session: Session) -> None:
        """Nobody waits any more: what has not begun is not to begin."""
        sent = [self._id(number) for number in self._calls.cancel_all()]
        if left := {*sent} - (self._watch.withdraws_all(session, sent) if sent else set()):
            self._take_back(session, left)

    def _id(self, number: str) -> str:
        return f"{self.reply_to}:{number}"

    def _new_session(self) -> Session:
        return Session(self._broker, self._url, self._names, self.reply_to, self.answers)

    def _current(self) -> Session:
        with self._opening:
            if self._session.lost:
                self._session.close(remove=False)
                if self._own and self._in_vain >= MOST_IN_VAIN and not self._calls.sent():
                    self._in_vain = 0
                    with suppress(BrokenError):
                        self._broker.remove_silent(self._url, self._names)
                self._session = self._new_session()
            return self._session

    def _send_waiting(self, session: Session) -> None:
        while (sending := self._calls.next()) is not None:
            call, number = sending
            try:
                self._send(session, call, number)
            except NotAcceptedError as error:
                if self._calls.forget(number):
                    self._calls.lose(number, str(error), NotAcceptedError)
                self._calls.lose_waiting(str(error), NotAcceptedError)  # each would take as long again
                return
            except BrokenError as error:
                if self._calls.forget(number):  # it was not withdrawn, or answered, meanwhile
                    if self._safe:
                        self._calls.wait_again({number: call})
                        return  # whether the server is there, the next session shows
                    why = f"it is not known whether the server has accepted the call: {error}"
                    self._calls.lose(number, why)
                raise

    def _take_back(self, session: Session, for_good: set[str]) -> None:
        """Keep here what is on the server, and send it again a little later, but for these ids."""

        def taken(call: str, is_certain: bool) -> None:  # noqa: FBT001 - by position only
            number = call.partition(":")[2]
            if is_certain or self._safe:
                self._calls.take_back(number)
            elif self._calls.forget(number):
                self._calls.lose(number, "it is not known whether the server has it: the connection was lost")

        with self._calls.held():
            session.take_back(f"{self.reply_to}:", for_good, taken)

    def _look(self, session: Session) -> None:
        """Nothing has come: find out which calls nobody has any more."""
        calls = {self._id(number): at for number, at in self._calls.sent().items()}
        for call in self._watch.look(session, calls):
            number = call.partition(":")[2]
            if self._calls.forget(number):
                self._calls.lose(number, "no worker has it any more: the one that had it has ended")


class CeleryRedisQueue(CeleryQueue):
    """Calls over Celery and Redis."""

    server = "redis"
    answers = AnswersInRedis


class CeleryRabbitmqQueue(CeleryQueue):
    """Calls over Celery and RabbitMQ."""

    server = "rabbitmq"
    answers = AnswersInRabbitmq
    quorum = True
