"""A thread that owns a channel: so the connection stays alive whatever others do, and any thread can use it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NoAnswer
from contextlib import suppress
from typing import TypeVar

from brokers.rabbitmq.connection.channel import ANSWER_WITHIN, RabbitmqChannel
from crossover.contract.errors import BrokenError
from crossover.contract.system import Clock

TICK = 1.0  # seconds
T = TypeVar("T")


class ChannelThread:
    """Sends and receives until it is closed or the connection is lost; then it disconnects.

    Attributes:
        channel: to be used by this thread only.
        error: why the connection was lost or closed; None: it is there.

    Args:
        channel: that is open.
        ended: called by this thread with the reason, when the connection is lost or closed; returns what to tell.
        tick: called by this thread about once a second.
    """

    def __init__(
        self,
        channel: RabbitmqChannel,
        changed: threading.Condition,
        ended: Callable[[BrokenError], BrokenError],
        tick: Callable[[], None],
    ) -> None:
        self.channel, self._changed = channel, changed
        self.error: BrokenError | None = None
        self._ended, self._tick = ended, tick
        self._closing = False
        self._lock = threading.Lock()
        self._calls: set[Future[object]] = set()
        self._thread = threading.Thread(target=self._run, name="crossover rabbitmq", daemon=True)
        self._thread.start()

    def post(self, work: Callable[[], object]) -> None:
        """Have the thread do something soon."""
        self.channel.call_soon(work)

    def call(self, work: Callable[[], T]) -> T:
        """Have the thread do something; return what it returns.

        Raises:
            BrokenError: the connection is lost.
        """
        future: Future[T] = Future()
        with self._lock:
            if self.error is not None:
                raise self.error
            self._calls.add(future)  # type: ignore[arg-type]
        self.post(lambda: _answer(future, work))
        try:
            return future.result(ANSWER_WITHIN)
        except NoAnswer:
            raise self.channel.failure(f"no answer within {ANSWER_WITHIN:.0f} s") from None
        finally:
            with self._lock:
                self._calls.discard(future)

    def close(self) -> None:
        """Send what is posted, and disconnect."""
        self.post(self._close)
        if self._thread is not threading.current_thread():
            self._thread.join()

    def _close(self) -> None:
        self._closing = True

    def _run(self) -> None:
        channel = self.channel
        error = channel.failure("disconnected")
        due = 0.0
        try:
            with channel.translate_errors():
                while not self._closing:
                    now = channel.process_events(Clock.monotonic() + TICK)
                    if now >= due:
                        due = now + TICK
                        self._tick()
        except BrokenError as lost:
            error = lost
        except Exception as fault:  # of ours: nobody may wait for ever because of it
            error = channel.failure(f"{type(fault).__name__}: {fault}")
        finally:
            try:
                channel.close()
            finally:
                self._tell_all(error)

    def _tell_all(self, error: BrokenError) -> None:
        with self._changed:  # nobody may connect again, and use what belongs to a connection, before this one has ended
            error = self._ended(error)
            with self._lock:
                self.error, waiting = error, list(self._calls)
            self._changed.notify_all()
        for future in waiting:
            if not future.done():
                future.set_exception(error)


class Line:
    """A connection that is made again, after its loss was reported once.

    Args:
        connect: makes one.
    """

    def __init__(self, connect: Callable[[], ChannelThread]) -> None:
        self._connect = connect
        self._lock = threading.Lock()
        self._thread: ChannelThread | None = None

    def get(self) -> ChannelThread:
        """Return the connection.

        Raises:
            BrokenError: it is lost, or cannot be made.
        """
        with self._lock:
            if self._thread is not None and (error := self._thread.error) is not None:
                self._thread = None
                raise error
            if self._thread is None:
                self._thread = self._connect()
            return self._thread

    def give_up(self) -> ChannelThread | None:
        """Return the connection, if there is one, and have none."""
        with self._lock:
            thread, self._thread = self._thread, None
            return thread


def _answer(future: Future[T], work: Callable[[], T]) -> None:
    value = work()  # an error ends the thread, and is that of all who wait for an answer
    with suppress(Exception):
        future.set_result(value)
