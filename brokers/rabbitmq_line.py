"""A connection to RabbitMQ, driven by whoever waits on it: nothing happens in the background, no wait is endless.

pika's BlockingConnection waits for each confirm; this is SelectConnection, turned as BlockingConnection turns it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from pika import BasicProperties, SelectConnection, URLParameters, spec
from pika.adapters.select_connection import IOLoop
from pika.exceptions import AMQPError

from crossover.contract.errors import BrokenError
from crossover.contract.text import readable

CONNECT_WITHIN = 5.0  # seconds
ANSWER_WITHIN = 8.0  # seconds for anything we ask of it
SILENT_FOR = 2.0  # seconds without a byte, after which we ask whether it is still there, and ...
GIVEN_UP_AFTER = 4.0  # ... seconds without an answer to that
GOODBYE_WITHIN = 1.0  # seconds

logging.getLogger("pika").addHandler(logging.NullHandler())  # it logs each lost connection; we raise it


class Line:
    """A connection with one channel.

    Attributes:
        channel: pika's.
        properties: what the server says about itself.
        silent: whether it has been given up.
        unconfirmed: number of a message → what it stands for, in the order of publishing; where there are confirms.

    Args:
        parameters: where to connect to.
        where: host and port, for messages.
        prefetch: messages that a consumer gets before it acknowledges; 0 is without a limit.
        within: seconds to connect.
        patience: seconds that a silent server is given to answer.

    Raises:
        BrokenError: it cannot be had; the cause is pika's error, or none where nothing answered.
    """

    def __init__(
        self,
        parameters: URLParameters,
        where: str,
        prefetch: int = 0,
        within: float = CONNECT_WITHIN,
        patience: float = GIVEN_UP_AFTER,
    ) -> None:
        self.silent = False
        self._where = where
        self._prefetch = prefetch
        self._patience = patience
        self._lost: BaseException | None = None
        self._blocked = ""
        self._told: Callable[[Any, bool], None] | None = None
        self.unconfirmed: dict[int, Any] = {}
        self._published = 0
        self._alarm = self._heard = time.monotonic()
        self._asked: float | None = None
        self._received = self._unsent = 0
        opened: list[Any] = []
        self._loop = IOLoop()
        self._loop.activate_poller()
        self._connection = SelectConnection(
            parameters, opened.append, self._ended, self._ended, custom_ioloop=self._loop
        )
        try:
            self._expect(lambda: opened, within)
            self.properties = dict(self._connection.server_properties or {})
            self._connection.add_on_connection_blocked_callback(self._on_blocked)
            self._connection.add_on_connection_unblocked_callback(self._on_unblocked)
            self.channel = self._connection.channel()
            self.channel.add_on_close_callback(self._ended)
            self.channel.add_on_cancel_callback(lambda _: self._ended(None, AMQPError("its queue was deleted")))
            self._expect(lambda: self.channel.is_open, within)
            self.ask(self.channel.basic_qos, prefetch_count=prefetch)
        except BaseException:
            self.close()
            raise

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

    def turn(self, end: float = 0.0) -> float:
        """Send and receive what can be, waiting for it until `end`; return the time."""
        now = time.monotonic()
        if not now < self._alarm <= end:
            self._alarm = max(now, min(end, now + SILENT_FOR))
            self._loop.call_later(self._alarm - now, _nothing)
        self._loop.poll()
        self._loop.process_timeouts()
        if self._lost is not None:
            raise self._broken(said(self._lost)) from self._lost
        now = time.monotonic()
        received, unsent = self._connection.bytes_received, self.unsent
        if received != self._received or unsent < self._unsent:
            self._heard, self._asked = now, None
        elif now - self._heard > SILENT_FOR and self._connection.is_open:
            self._question(now)
        self._received, self._unsent = received, unsent
        return now

    @property
    def unsent(self) -> int:
        """Bytes that the server has not yet taken."""
        return self._connection._get_write_buffer_size() if self._connection.is_open else 0  # noqa: SLF001 - no other way

    def ask(self, method: Callable[..., Any], *args: Any, **options: Any) -> None:
        """Call a method of the channel, and wait until the server has answered."""
        answers: list[Any] = []
        with self.carefully():
            method(*args, callback=answers.append, **options)
            self._expect(lambda: answers, ANSWER_WITHIN)

    def confirm(self, told: Callable[[Any, bool], None]) -> None:
        """Have the server confirm what is published; it must find a queue for it.

        Args:
            told: called with what a message stood for, and whether the server has it safe.
        """
        self._told = told
        self.ask(self.channel.confirm_delivery, self._on_confirm)

    def publish(self, queue: str, message: bytes, properties: BasicProperties, what: Any = None) -> None:
        """Put a message on its way; it leaves with the next turn."""
        self.channel.basic_publish("", queue, message, properties, mandatory=self._told is not None)
        if self._told is not None:
            self._published += 1
            self.unconfirmed[self._published] = what

    @contextmanager
    def carefully(self) -> Iterator[None]:
        """Turn pika's errors into ours.

        Raises:
            BrokenError: the connection is lost.
        """
        try:
            yield
        except AMQPError as error:
            raise self._broken(said(self._lost or error)) from error

    def close(self) -> None:
        """Disconnect; safe to call twice."""
        connection = self._connection
        with suppress(BrokenError, AMQPError):
            if not self.silent and not connection.is_closed:
                self._lost = None
                connection.close()
                self.wait(lambda: connection.is_closed, GOODBYE_WITHIN)
        if not connection.is_closed:
            connection._terminate_stream(AMQPError("given up"))  # noqa: SLF001 - `close` would wait for an answer
            self._loop.process_timeouts()
        self._loop.close()

    def _expect(self, ready: Callable[[], Any], within: float) -> None:
        """Wait until something is so, or give up."""
        if not self.wait(ready, within):
            raise self._given_up(within)

    def _question(self, now: float) -> None:
        """Ask whether it is still there. Its system answers for TCP while it hangs, so this must be AMQP."""
        if self._asked is None:
            self._asked = now
            self.channel.basic_qos(prefetch_count=self._prefetch, callback=_nothing)
        elif now - self._asked > self._patience:
            raise self._given_up(now - self._heard)

    def _given_up(self, seconds: float) -> BrokenError:
        self.silent = True
        return self._broken(self._blocked or f"no answer within {seconds:.0f} s")

    def _on_confirm(self, frame: Any) -> None:
        answer, told = frame.method, self._told
        last = answer.delivery_tag
        numbers = [last]
        if answer.multiple:
            numbers = [number for number in self.unconfirmed if number <= last]
        taken = not isinstance(answer, spec.Basic.Nack)
        for number in numbers:
            what = self.unconfirmed.pop(number)
            if told is not None:
                told(what, taken)

    def _ended(self, _: Any, error: BaseException) -> None:
        self._lost = self._lost or error

    def _on_blocked(self, _: Any, frame: Any) -> None:
        self._blocked = f"it takes no messages: {frame.method.reason}"

    def _on_unblocked(self, *_: Any) -> None:
        self._blocked = ""

    def _broken(self, why: str) -> BrokenError:
        return BrokenError(f"RabbitMQ at {self._where}: {why}")


def root(error: BaseException) -> BaseException:
    """Return what is at the bottom of pika's error."""
    inner: Any = getattr(error, "exceptions", None) or [getattr(error, "exception", None), *error.args[:1]]
    for found in reversed(inner):
        if isinstance(found, BaseException):
            return root(found)
    return error


def said(error: BaseException) -> str:
    """Return what an error says, in one line."""
    cause = root(error)
    text = getattr(cause, "reply_text", "") or (isinstance(cause, OSError) and cause.strerror) or str(cause)
    return readable(str(text)).partition("\n")[0].rstrip(".") or type(cause).__name__


def _nothing(*_: Any) -> None:
    """Only the time matters."""
