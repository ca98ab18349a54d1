"""Where the outcomes of an executor's calls come in, and what is left of its calls on the server."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection
from contextlib import suppress
from typing import Any

import kombu

from brokers.celery.connection import DISCONNECT_WITHIN, PAUSE
from brokers.celery.envelopes.result_backends import ANSWERS
from brokers.celery.settings import ANSWER_WITHIN, Names
from brokers.messages import decode

AT_ONCE = 1_000  # answers that are taken together, at most
UNREAD_FOR = 600.0  # seconds that RabbitMQ keeps the queue of an executor that was killed
ERRORS_OF_NO_ANSWER = (TimeoutError, BlockingIOError)

Answer = dict[str, Any]
"""Celery's: status, result, task_id."""


class ExecutorAnswers(ABC):
    """What one executor has on the server, besides its calls.

    Attributes:
        reply_to: what its messages say of where answers go.

    Args:
        app: Celery's application.
        names: of queues.
        executor: its name.
    """

    reply_to: str

    @abstractmethod
    def __init__(self, app: Any, names: Names, executor: str) -> None: ...

    @abstractmethod
    def receive(self, timeout: float) -> list[Answer]:
        """Return the answers that have come; after a number of seconds, none."""

    @abstractmethod
    def may_have(self, calls: Collection[str], answered: int, producer: Any) -> bool:
        """Return whether one of these calls may still be done, which none of the workers that have answered has."""

    @abstractmethod
    def remove(self) -> None:
        """Remove what was not received."""

    def disconnect(self) -> None:  # noqa: B027 - not all have a connection of their own
        """Close its connection, without waiting for an answer."""


class AnswersInRedis(ExecutorAnswers):
    """A list in Redis."""

    def __init__(self, app: Any, names: Names, executor: str) -> None:
        self.reply_to = executor
        self._backend = app.backend
        self._client = app.backend.client
        self._key = app.backend.get_key_for_task(f"{ANSWERS}{executor}")
        self._tasks = f"{names.key_prefix}{names.tasks}"
        self._unacknowledged = f"{names.key_prefix}unacked"

    def receive(self, timeout: float) -> list[Answer]:
        """Return the answers that have come; after a number of seconds, none."""
        first = self._client.blpop([self._key], timeout)
        if not first:
            return []
        more = self._client.lpop(self._key, AT_ONCE) or ()
        return [self._backend.decode_result(one) for one in (first[1], *more)]

    def may_have(self, calls: Collection[str], answered: int, producer: Any) -> bool:
        """Return whether calls wait, or one of these was taken by a worker that has died, and comes back some day."""
        if self._client.llen(self._tasks):
            return True
        marks = [call.encode() for call in calls]
        return any(mark in message for message in self._client.hvals(self._unacknowledged) for mark in marks)

    def remove(self) -> None:
        """Remove what was not received."""
        self._client.unlink(self._key)


class AnswersInRabbitmq(ExecutorAnswers):
    """A queue in RabbitMQ, and a connection for it. It outlives a lost connection, which Celery's own does not."""

    def __init__(self, app: Any, names: Names, executor: str) -> None:
        self.reply_to = f"{names.results}.{executor}"
        self._backend = app.backend
        self._tasks = names.tasks
        self._came: list[Answer] = []
        self._connection = app.connection_for_read()
        try:
            self._connection.ensure_connection(max_retries=1, interval_start=PAUSE, timeout=ANSWER_WITHIN)
            channel = self._connection.default_channel
            self._queue = kombu.Queue(
                self.reply_to, kombu.Exchange(""), self.reply_to, durable=True, expires=UNREAD_FOR, channel=channel
            )
            kombu.Consumer(channel, [self._queue], on_message=self._take, no_ack=True).consume()
        except BaseException:
            self.disconnect()
            raise

    def receive(self, timeout: float) -> list[Answer]:
        """Return the answers that have come; after a number of seconds, none."""
        with suppress(*ERRORS_OF_NO_ANSWER):
            self._connection.drain_events(timeout=timeout)
            while len(self._came) < AT_ONCE:
                self._connection.drain_events(timeout=0)
        came, self._came = self._came, []
        return came

    def may_have(self, calls: Collection[str], answered: int, producer: Any) -> bool:
        """Return whether calls wait, or a worker takes them that has not answered: one that begins, or is very busy.

        What a worker that has died had taken, waits again at once.
        """
        queue = producer.channel.queue_declare(self._tasks, passive=True)
        return bool(queue.message_count) or queue.consumer_count > answered

    def remove(self) -> None:
        """Remove the queue."""
        self._queue.delete()

    def disconnect(self) -> None:
        """Close its connection."""
        with suppress(Exception):  # whatever is already lost
            self._connection.collect(DISCONNECT_WITHIN)

    def _take(self, message: Any) -> None:
        try:
            self._came.append(self._backend.checked(decode(message.body)))
        except Exception as error:
            self._backend.refuse(str(error))
