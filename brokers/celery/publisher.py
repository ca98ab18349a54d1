"""The producer's side of Celery: sends tasks and receives results."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from brokers.celery.broker import CeleryBroker
from brokers.celery.connection import CeleryConnection
from brokers.celery.results.backend import OutstandingMessage, Result
from brokers.celery.settings import EXTERNAL, SEND_EXTERNAL, TASK, TUNED_SEND, Names
from crossover.contract.safety import Safety
from crossover.contract.system import Clock

PING_AFTER = 2.0  # seconds without a result, after which the server is pinged


class CeleryPublisher:
    """Sends tasks and receives results.

    Attributes:
        connection: the connection, also used for remote control of the workers.

    Args:
        broker: which broker.
        url: of the server.
        safety: the level.
        run: name of the run.
        inherit: whether the run had an earlier producer, whose results are received, too.
        tuned: whether it has the settings of `tuned=yes`.

    Raises:
        BrokenError: the server cannot be reached.
    """

    def __init__(
        self,
        broker: CeleryBroker,
        url: str,
        safety: Safety,
        run: str,
        *,
        inherit: bool = False,
        tuned: bool = False,
    ) -> None:
        self._broker = broker
        self._found: list[Result] = []
        self._outstanding: dict[str, OutstandingMessage] = {}  # by Celery task id
        self._heard = Clock.monotonic()
        self.connection = connection = CeleryConnection(broker, url, safety, run, tuned=tuned)
        self._app = app = connection.app
        self._results = broker.results(app, Names(run, safety), self._outstanding, self._found.append, tuned=tuned)
        if inherit:
            with connection.translate_errors():
                self._results.inherit()
        self._options = {**broker.send, **(SEND_EXTERNAL if run == EXTERNAL else {}), **self._results.send_options}
        self._producer = app.amqp.Producer(connection.kombu, auto_declare=False)
        if tuned:
            self._options |= TUNED_SEND
            with connection.translate_errors():
                broker.declare(app, self._producer)

    def send(self, message: bytes, first: int, size: int, reference: str) -> None:
        """Send a message.

        Args:
            message: a batch, as bytes.
            first: number of its first task.
            size: how many tasks it carries.
            reference: the function to run, as "package.module:function".

        Raises:
            BrokenError: the connection is lost, or the server refuses.
        """
        with self.connection.translate_errors():
            result = self._app.send_task(
                TASK,
                (message,),
                producer=self._producer,
                argsrepr=f"({reference!r}, first={first}, size={size})",  # shown by Flower
                kwargsrepr="{}",
                **self._options,
            )
            self._outstanding[result.id] = OutstandingMessage(first, size, result, Clock.monotonic())
            self._results.expect(result, self._receive)

    def receive(self, limit: int, timeout: float) -> list[Result]:
        """Return up to `limit` results; wait up to `timeout` seconds for the first.

        Raises:
            BrokenError: the connection is lost, or the server does not answer any more.
        """
        found = self._found
        now = Clock.monotonic()
        end = now + timeout
        with self.connection.translate_errors():
            self._results.poll(now)
            self._results.drain(0 if found else timeout)
            while not found and (now := Clock.monotonic()) < end:
                self._results.drain(end - now)
            before = 0
            while before < len(found) < limit:
                before = len(found)
                self._results.drain(0)
            if found:
                self._heard = Clock.monotonic()
            elif now - self._heard > PING_AFTER:
                self._broker.ping(self._app, self._producer)
                self._heard = Clock.monotonic()
            self._results.remove_received()
        taken = found[:limit]
        del found[:limit]
        return taken

    def revoke(self) -> None:
        """Tell external workers not to run what is outstanding; does nothing where the server is down."""
        if self._outstanding and not self.connection.lost:
            with suppress(Exception):  # the connection may be lost without having been noticed yet
                self._app.control.revoke(list(self._outstanding), connection=self.connection.kombu)

    def close(self) -> None:
        """Remove the results from the server, and disconnect."""
        for sent in self._outstanding.values():
            sent.result.backend = None  # else it unsubscribes, over a new connection
        if not self.connection.lost:
            with suppress(Exception):  # the connection may be lost without having been noticed yet
                self._results.remove_all()
        self._outstanding.clear()
        self.connection.close()

    def _receive(self, task: str, value: Any) -> None:
        first, size, *_ = self._outstanding.pop(task)
        self._found.append(Result(first, size, value))
        self._results.received(task)
