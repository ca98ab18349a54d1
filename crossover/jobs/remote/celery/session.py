"""What an executor has of Celery until its connection is lost: then it makes another one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from typing import Any

from brokers.celery.broker import CeleryBroker
from brokers.celery.connection import DISCONNECT_WITHIN, CeleryConnection
from brokers.celery.settings import CALL, EXTERNAL, ROLL_CALL, TUNED_SEND, Names
from crossover.jobs.remote.celery.answers import Answer, ExecutorAnswers

WAITS_FOR = 86_400.0  # seconds after which an external worker does a call no more: its executor may be long gone


class Session:
    """Connections to one server; from any thread, but `receive` from one.

    Attributes:
        blocked: whether RabbitMQ has said that it takes nothing at present, for lack of memory or disk.

    Args:
        broker: which broker.
        url: of the server.
        names: of queues.
        executor: its name.
        answers: how they come.

    Raises:
        BrokenError: the server cannot be reached.
    """

    def __init__(
        self, broker: CeleryBroker, url: str, names: Names, executor: str, answers: type[ExecutorAnswers]
    ) -> None:
        self.blocked = False
        self._answers: ExecutorAnswers | None = None
        self._control: Any = None
        self._connection = connection = CeleryConnection(broker, url, names.safety, names.run, tuned=True)
        self._app = app = connection.app
        self._sending, self._asking = threading.RLock(), threading.Lock()
        try:
            with connection.translate_errors():
                app.backend.on_task_call = lambda *_: None  # answers come in another way
                self._producer = app.amqp.Producer(connection.kombu, auto_declare=False)
                self._producer.channel.connection.on_blocked = self._note_blocked
                app.amqp.default_queue(self._producer.channel).declare()
                self._answers = answers(app, names, executor)
                self._control = app.connection_for_write()
        except BaseException:
            connection.lost = True
            self.close(remove=False)
            raise
        self._options = {**broker.send, **TUNED_SEND, "reply_to": self._answers.reply_to}
        if names.run == EXTERNAL:
            self._options["expires"] = WAITS_FOR

    @property
    def lost(self) -> bool:
        """Whether an error has occurred on a connection."""
        return self._connection.lost

    def _note_blocked(self, *_: object) -> None:
        self.blocked = True

    def send(self, call: str, message: bytes) -> None:
        """Send a call.

        Args:
            call: its id, for Celery.
            message: as crossover/jobs/remote/wire writes it.

        Raises:
            BrokenError: the connection is lost, or the server refuses.
        """
        with self._sending, self._connection.translate_errors():
            self._app.send_task(
                CALL, (message,), task_id=call, producer=self._producer,
                argsrepr="a call", kwargsrepr="{}", **self._options,
            )  # fmt: skip

    def take_back(self, executor: str, for_good: Collection[str], taken: Callable[[str, bool], None]) -> None:
        """Take from the server all calls of an executor that no worker has.

        Args:
            executor: begins their ids.
            for_good: ids that are not sent again. Others stay that a worker may have had before: it would take them for
                replayed.
            taken: called with the id of each, and whether it is certain that the server has it no longer: where the
                connection is lost, the server may not have read the last acknowledgement.

        Raises:
            BrokenError: the connection is lost.
        """
        others: list[Any] = []
        acknowledged = ""
        with self._sending, self._connection.translate_errors():
            queue = self._app.amqp.default_queue(self._producer.channel)
            try:
                while True:
                    message = queue.get()
                    if acknowledged:
                        taken(acknowledged, True)
                        acknowledged = ""
                    if message is None:
                        break
                    call = str((message.headers or {}).get("id"))
                    may_go = call in for_good or not message.delivery_info.get("redelivered")
                    if call.startswith(executor) and may_go:
                        message.ack()
                        acknowledged = call
                    else:
                        others.append(message)
            finally:
                if acknowledged:
                    taken(acknowledged, False)
                for message in others:
                    message.requeue()

    def receive(self, timeout: float) -> list[Answer]:
        """Return the answers that have come; after a number of seconds, none.

        Raises:
            BrokenError: the connection is lost.
        """
        assert self._answers is not None
        with self._connection.translate_errors():
            return self._answers.receive(timeout)

    def may_have(self, calls: Collection[str], answered: int) -> bool:
        """Return whether one of these calls may still be done, which no worker that has answered has.

        Args:
            calls: their ids.
            answered: workers that have answered.

        Raises:
            BrokenError: the connection is lost.
        """
        assert self._answers is not None
        with self._sending, self._connection.translate_errors():
            return self._answers.may_have(calls, answered, self._producer)

    def roll_call(
        self, executor: str, withdrawn: Sequence[str], within: float, most: int | None
    ) -> list[dict[str, list[str]]]:
        """Ask the workers; return what each answers: the calls that it has, and those of the withdrawn that have begun.

        Args:
            executor: begins the ids of its calls.
            withdrawn: ids of calls that are not to begin any more.
            within: seconds for answers.
            most: answers after which nothing more is waited for.

        Raises:
            BrokenError: the connection is lost.
        """
        with self._asking, self._connection.translate_errors():
            answers: Any = self._app.control.broadcast(
                ROLL_CALL, arguments={"executor": executor, "withdrawn": [*withdrawn]},
                reply=True, timeout=within, limit=most, connection=self._control,
            )  # fmt: skip
        return [found for answer in answers or () for found in answer.values() if "has" in found]

    def close(self, *, remove: bool) -> None:
        """Disconnect; first remove what has come for this executor, if that is wanted."""
        if self._answers is not None:
            with suppress(Exception):  # it may be lost without having been noticed yet
                if remove and not self.lost:
                    self._answers.remove()
            self._answers.disconnect()
        if self._control is not None:
            with suppress(Exception):
                self._control.collect(DISCONNECT_WITHIN)
        self._connection.close()
