"""The producer's Celery application and its connection. It never waits for ever, and sets nothing global."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from kombu.exceptions import KombuError

from brokers.celery.broker import CeleryBroker
from brokers.celery.settings import ANSWER_WITHIN, CONNECT_WITHIN, merged
from brokers.servers.addresses.certificates import why_refused
from brokers.servers.registry import server_kind
from crossover.contract.errors import BrokenError
from crossover.contract.safety import Safety
from crossover.contract.text import masked, readable

PAUSE = 0.2  # seconds before it connects a second time; kombu: 2
DISCONNECT_WITHIN = 0.5  # seconds, from a server that does not answer

for _library in ("celery", "kombu", "amqp"):  # they log each lost connection; we raise it
    logging.getLogger(_library).addHandler(logging.NullHandler())


class CeleryConnection:
    """A Celery application of this run alone, and a connection.

    Attributes:
        app: Celery's application.
        kombu: kombu's connection.
        lost: whether an error has occurred on it.

    Args:
        broker: which broker.
        url: of the server.
        safety: the level.
        run: name of the run.
        tuned: whether it has the settings of `tuned=yes`.

    Raises:
        BrokenError: the server cannot be reached.
    """

    def __init__(self, broker: CeleryBroker, url: str, safety: Safety, run: str, *, tuned: bool = False) -> None:
        self._broker = broker
        kind = server_kind(broker.server)
        self._where = f"{kind.title} at {kind.host_and_port(url)}"
        self._errors: tuple[type[BaseException], ...] = (KombuError, OSError, RuntimeError, *broker.errors)
        self.lost = False
        self.app = app = broker.application(set_as_current=False)
        app.conf.update(merged(broker.settings(url, safety, run, tuned=tuned), broker.producer))
        broker.prepare(app)
        self.kombu = app.connection_for_write()
        with self.translate_errors():
            self.kombu.ensure_connection(max_retries=1, interval_start=PAUSE, timeout=CONNECT_WITHIN)

    @contextmanager
    def translate_errors(self) -> Iterator[None]:
        """Turn errors of Celery and its libraries into BrokenError.

        Raises:
            BrokenError: the connection is lost, or the server refuses.
        """
        try:
            yield
        except self._errors as error:
            self.lost = True
            raise BrokenError(f"{self._where}: {_reason(error)}") from error

    def close(self) -> None:
        """Disconnect; raises nothing where the server does not answer any more."""
        self._broker.close_results(self.app, lost=self.lost)
        with suppress(Exception):  # whatever is already lost
            if self.lost:
                self.kombu.collect(DISCONNECT_WITHIN)
            else:
                self.kombu.close()
        self.app.close()


def was_silent(error: BaseException) -> bool:
    """Return whether an error means that the server has not answered in time."""
    return isinstance(_innermost(error), TimeoutError | BlockingIOError)


def _innermost(error: BaseException) -> BaseException:
    causes = [error]
    while cause := causes[-1].__cause__ or causes[-1].__context__:
        causes.append(cause)
    return ([one for one in causes if isinstance(one, OSError)] or causes)[-1]


def _reason(error: BaseException) -> str:
    """Return the reason of an error in one line: that of its innermost cause, as the operating system words it.

    A library may connect, and fail, while it handles that its list of connections is empty: that is no cause.
    """
    if refused := why_refused(error):
        return refused
    error = _innermost(error)
    if isinstance(error, TimeoutError | BlockingIOError):
        return f"no answer within {ANSWER_WITHIN:.0f} s"
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return masked(readable(text)).partition("\n")[0].rstrip(".") or type(error).__name__
