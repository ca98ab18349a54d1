"""The producer's application and its connection: it never waits for ever, and leaves nothing global."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import redis
from amqp.exceptions import AMQPError
from celery import Celery
from kombu.exceptions import KombuError

from brokers.celery.client_settings import ANSWER_WITHIN, CONNECT_WITHIN, PRODUCER, merged
from brokers.celery.settings import settings
from brokers.servers.registry import server_kind
from crossover.contract.errors import BrokenError
from crossover.contract.safety import Safety
from crossover.contract.text import masked, readable

SHORT = 0.5  # seconds to disconnect from a server that does not answer

for _library in ("celery", "kombu", "amqp"):  # they log each lost connection; we raise it
    logging.getLogger(_library).addHandler(logging.NullHandler())


class CeleryConnection:
    """An application of the run's own, and a connection.

    Attributes:
        app: Celery's.
        connection: kombu's.
        lost: whether it has been.

    Args:
        server: redis or rabbitmq.
        url: of the server.
        safety: the level.
        run: the name of the run.

    Raises:
        BrokenError: the server cannot be reached.
    """

    def __init__(self, server: str, url: str, safety: Safety, run: str) -> None:
        self._server = server
        self.lost = False
        kind = server_kind(server)
        self._where = f"{kind.title} at {kind.host_and_port(url)}"
        self.app = app = Celery("crossover", set_as_current=False, fixups=[])
        app.conf.update(merged(settings(server, url, safety, run), PRODUCER[server]))
        if server == "rabbitmq":
            backend = app.backend
            backend.result_consumer._reconnect = _raise  # noqa: SLF001 - what was on its way would be waited for
            # as in Celery, before each task; but Celery tries for ever where the connection is lost
            backend.on_task_call = lambda producer, _: backend.binding(producer.channel).declare()
        self.connection = app.connection_for_write()
        with self.carefully():
            self.connection.ensure_connection(max_retries=1, timeout=CONNECT_WITHIN)

    @contextmanager
    def carefully(self) -> Iterator[None]:
        """Turn the errors of Celery and its libraries into ours.

        Raises:
            BrokenError: the connection is lost, or the server refuses.
        """
        try:
            yield
        except (KombuError, AMQPError, redis.RedisError, OSError, RuntimeError) as error:
            self.lost = True
            raise BrokenError(f"{self._where}: {_said(error)}") from error

    def ask(self, producer: Any) -> None:
        """Ask whether the server is still there."""
        if self._server == "redis":
            self.app.backend.client.ping()
        else:
            producer.channel.basic_qos(0, 0, a_global=False)

    def close(self) -> None:
        """Disconnect; without a word where the server does not answer any more."""
        backend = self.app.backend
        with suppress(Exception):  # whatever is already lost
            if self.lost and self._server == "rabbitmq":
                backend.result_consumer._connection.collect(SHORT)  # noqa: SLF001 - `stop` waits for an answer
            else:
                backend.result_consumer.stop()
        with suppress(Exception):
            if self._server == "redis":
                backend.client.connection_pool.disconnect()
        with suppress(Exception):
            if self.lost:
                self.connection.collect(SHORT)
            else:
                self.connection.close()
        self.app.close()


def _raise() -> None:
    raise  # noqa: PLE0704 - Celery calls this where it handles the error


def _said(error: BaseException) -> str:
    """Return what an error says: what is at its bottom, where the system said it."""
    while cause := error.__cause__ or error.__context__:
        error = cause
    if isinstance(error, TimeoutError | BlockingIOError):
        return f"no answer within {ANSWER_WITHIN:.0f} s"
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return masked(readable(text)).partition("\n")[0].rstrip(".") or type(error).__name__
