"""A connection to RabbitMQ that works only while its owner waits on it: no background thread, and no endless wait.

pika's BlockingConnection waits for each confirm. This drives a SelectConnection as BlockingConnection does.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from pika import URLParameters
from pika.adapters.select_connection import IOLoop
from pika.exceptions import AMQPError

from brokers.rabbitmq.connection.pika_connection import SILENT_FOR, BufferedConnection, LivenessCheck
from brokers.servers.addresses.certificates import why_refused
from crossover.contract.errors import BrokenError
from crossover.contract.system import Clock
from crossover.contract.text import readable

CONNECT_WITHIN = 5.0  # seconds
DISCONNECT_WITHIN = 1.0  # seconds
TOO_LARGE = re.compile(r"message size (\d+) is larger than (?:configured )?max size (\d+)")


class RabbitmqConnection:
    """A connection.

    Attributes:
        properties: what the server reports about itself.
        unresponsive: whether it was given up because the server did not answer.
        blocked: why the server accepts no messages from here; empty where it accepts them.

    Args:
        parameters: where to connect to.
        where: host and port, for messages.
        within: seconds to connect.
        patience: seconds that a silent server has to answer a ping.

    Raises:
        BrokenError: there is no connection; the cause is pika's error, or none where nothing answered.
    """

    def __init__(self, parameters: URLParameters, where: str, within: float, patience: float) -> None:
        self.unresponsive = False
        self.blocked = ""
        self._where = where
        self._lost: BaseException | None = None
        self._wake_at = Clock.monotonic()
        self._liveness = LivenessCheck(patience)
        opened: list[Any] = []
        self._loop = IOLoop()
        self._loop.activate_poller()
        self._connection = BufferedConnection(
            parameters, opened.append, self._on_closed, self._on_closed, custom_ioloop=self._loop
        )
        try:
            self.expect(lambda: opened, within)
            self.properties = dict(self._connection.server_properties or {})
            self._connection.add_on_connection_blocked_callback(self._on_blocked)
            self._connection.add_on_connection_unblocked_callback(self._on_unblocked)
            self.open_channel(within)
        except BaseException:
            self.close()
            raise

    def open_channel(self, within: float) -> None:
        """Open a channel, if the subclass has one."""

    def ping(self) -> None:
        """Send something that the server answers."""

    @property
    def unsent_bytes(self) -> int:
        """Bytes that the server has not yet taken."""
        return self._connection.unsent_bytes

    def wait(self, condition: Callable[[], Any], seconds: float) -> bool:
        """Send and receive, once at least, until a condition is true; return whether it is.

        Raises:
            BrokenError: the connection is lost, or the server does not answer any more.
        """
        deadline = Clock.monotonic() + seconds
        while True:
            now = self.process_events(0.0 if condition() else deadline)
            if condition():
                return True
            if now >= deadline:
                return False

    def expect(self, condition: Callable[[], Any], seconds: float) -> None:
        """Wait until a condition is true.

        Raises:
            BrokenError: it is not true in time.
        """
        if not self.wait(condition, seconds):
            raise self._give_up(seconds)

    def process_events(self, deadline: float = 0.0) -> float:
        """Send and receive what is possible, waiting for it until the deadline; return the time.

        Args:
            deadline: in seconds of the monotonic clock; one in the past: do not wait.

        Raises:
            BrokenError: the connection is lost, or the server does not answer any more.
        """
        now = Clock.monotonic()
        if not now < self._wake_at <= deadline:
            self._wake_at = max(now, min(deadline, now + SILENT_FOR))
            self._loop.call_later(self._wake_at - now, _wake)
        self._connection.flush()
        self._loop.poll()
        self._loop.process_timeouts()
        if self._lost is not None:
            raise self.failure(error_text(self._lost)) from self._lost
        now = Clock.monotonic()
        if self._liveness.update(now, self._connection.bytes_received, self.unsent_bytes) and self._connection.is_open:
            self.ping()
        if self._liveness.failed(now):
            raise self._give_up(self._liveness.silent_seconds)
        return now

    def call_soon(self, work: Callable[[], object]) -> None:
        """Have something done by the thread that processes events; any thread may ask for it."""
        self._loop.add_callback_threadsafe(work)

    def failure(self, reason: str) -> BrokenError:
        """Return the error for a reason."""
        return BrokenError(f"RabbitMQ at {self._where}: {reason}")

    def close(self) -> None:
        """Disconnect; safe to call twice."""
        connection = self._connection
        with suppress(BrokenError, AMQPError):
            if not self.unresponsive and not connection.is_closed:
                self._lost = None
                connection.close()
                self.wait(lambda: connection.is_closed, DISCONNECT_WITHIN)
        if not connection.is_closed:
            connection.abort()
            aborted = False
            while not aborted:
                with suppress(AMQPError):  # of what was to be done on the channel; the end of `abort` comes behind it
                    self._loop.process_timeouts()
                    aborted = True
        self._loop.close()

    def _give_up(self, seconds: float) -> BrokenError:
        self.unresponsive = True
        return self.failure(self.blocked or f"no answer within {seconds:.0f} s")

    def _on_closed(self, _: Any, error: BaseException) -> None:
        self._lost = self._lost or error

    def _on_blocked(self, _: Any, frame: Any) -> None:
        self.blocked = f"it accepts no messages: {frame.method.reason}"

    def _on_unblocked(self, *_: Any) -> None:
        self.blocked = ""


def root_cause(error: BaseException) -> BaseException:
    """Return the innermost of pika's nested errors."""
    inner: Any = getattr(error, "exceptions", None) or [getattr(error, "exception", None), *error.args[:1]]
    for found in reversed(inner):
        if isinstance(found, BaseException):
            return root_cause(found)
    return error


def error_text(error: BaseException) -> str:
    """Return the message of one of pika's errors, in one line."""
    cause = root_cause(error)
    if refused := why_refused(cause):
        return refused
    text = getattr(cause, "reply_text", "") or (isinstance(cause, OSError) and cause.strerror) or str(cause)
    if found := TOO_LARGE.search(str(text)):
        size, limit = map(int, found.groups())
        return f"a message of {size:,} bytes is over its limit (max_message_size) of {limit:,}"
    return readable(str(text)).partition("\n")[0].rstrip(".") or type(cause).__name__


def _wake(*_: Any) -> None:
    """Do nothing: that the timer ends the poll is all it is for."""
