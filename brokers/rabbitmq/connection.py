"""A connection to RabbitMQ, driven by whoever waits on it: nothing happens in the background, no wait is endless.

pika's BlockingConnection waits for each confirm; this is SelectConnection, turned as BlockingConnection turns it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from pika import URLParameters
from pika.adapters.select_connection import IOLoop
from pika.exceptions import AMQPError

from brokers.rabbitmq.errors import said
from brokers.rabbitmq.socket import SILENT_FOR, Gathering, Silence
from crossover.contract.errors import BrokenError

CONNECT_WITHIN = 5.0  # seconds
GOODBYE_WITHIN = 1.0  # seconds


class RabbitmqConnection:
    """A connection.

    Attributes:
        properties: what the server says about itself.
        silent: whether it has been given up.
        blocked: why the server takes no messages from here, where it does not.

    Args:
        parameters: where to connect to.
        where: host and port, for messages.
        within: seconds to connect.
        patience: seconds that a silent server is given to answer.

    Raises:
        BrokenError: it cannot be had; the cause is pika's error, or none where nothing answered.
    """

    def __init__(self, parameters: URLParameters, where: str, within: float, patience: float) -> None:
        self.silent = False
        self._where = where
        self._lost: BaseException | None = None
        self.blocked = ""
        self._alarm = time.monotonic()
        self._silence = Silence(patience)
        opened: list[Any] = []
        self._loop = IOLoop()
        self._loop.activate_poller()
        self._connection = Gathering(parameters, opened.append, self._ended, self._ended, custom_ioloop=self._loop)
        try:
            self.expect(lambda: opened, within)
            self.properties = dict(self._connection.server_properties or {})
            self._connection.add_on_connection_blocked_callback(self._on_blocked)
            self._connection.add_on_connection_unblocked_callback(self._on_unblocked)
            self.prepare(within)
        except BaseException:
            self.close()
            raise

    def prepare(self, within: float) -> None:
        """Do what comes after connecting."""

    def greet(self) -> None:
        """Send something that the server answers."""

    @property
    def unsent(self) -> int:
        """Bytes that the server has not yet taken."""
        return self._connection.unsent

    def wait(self, ready: Callable[[], Any], seconds: float) -> bool:
        """Send and receive, once at least, until something is so; return whether it is.

        Raises:
            BrokenError: the connection is lost, or the server does not answer any more.
        """
        end = time.monotonic() + seconds
        while True:
            now = self.turn(0.0 if ready() else end)
            if ready():
                return True
            if now >= end:
                return False

    def expect(self, ready: Callable[[], Any], seconds: float) -> None:
        """Wait until something is so.

        Raises:
            BrokenError: it is not so in time.
        """
        if not self.wait(ready, seconds):
            raise self._given_up(seconds)

    def turn(self, end: float = 0.0) -> float:
        """Send and receive what can be, waiting for it until `end`; return the time."""
        now = time.monotonic()
        if not now < self._alarm <= end:
            self._alarm = max(now, min(end, now + SILENT_FOR))
            self._loop.call_later(self._alarm - now, _nothing)
        self._connection.send_gathered()
        self._loop.poll()
        self._loop.process_timeouts()
        if self._lost is not None:
            raise self.broken(said(self._lost)) from self._lost
        now = time.monotonic()
        if self._silence.note(now, self._connection.bytes_received, self.unsent) and self._connection.is_open:
            self.greet()
        if self._silence.too_long(now):
            raise self._given_up(self._silence.seconds)
        return now

    def broken(self, why: str) -> BrokenError:
        """Return the error that says why."""
        return BrokenError(f"RabbitMQ at {self._where}: {why}")

    def close(self) -> None:
        """Disconnect; safe to call twice."""
        connection = self._connection
        with suppress(BrokenError, AMQPError):
            if not self.silent and not connection.is_closed:
                self._lost = None
                connection.close()
                self.wait(lambda: connection.is_closed, GOODBYE_WITHIN)
        if not connection.is_closed:
            connection.end()
            self._loop.process_timeouts()
        self._loop.close()

    def _given_up(self, seconds: float) -> BrokenError:
        self.silent = True
        return self.broken(self.blocked or f"no answer within {seconds:.0f} s")

    def _ended(self, _: Any, error: BaseException) -> None:
        self._lost = self._lost or error

    def _on_blocked(self, _: Any, frame: Any) -> None:
        self.blocked = f"it takes no messages: {frame.method.reason}"

    def _on_unblocked(self, *_: Any) -> None:
        self.blocked = ""


def _nothing(*_: Any) -> None:
    """Only the time matters."""
