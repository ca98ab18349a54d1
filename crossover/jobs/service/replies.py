"""The thread that sends outcomes: the dispatcher must not wait for the broker."""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from typing import Any

from crossover.contract.errors import BrokenError
from crossover.jobs.errors import TaskTimeoutError, WorkerDiedError
from crossover.jobs.metrics.of_worker import Metrics
from crossover.jobs.remote.messages import encode_begun
from crossover.jobs.service.calls import Done, Performer
from crossover.jobs.service.events import Events
from crossover.jobs.service.held_call import HeldCall
from crossover.jobs.service.link import Link

ENDS = {WorkerDiedError: "died", TaskTimeoutError: "timed_out"}
NOTE_AFTER = 0.05  # seconds that a call runs before its executor is told that it has begun: most have ended by then


class Replies:
    """Sends the outcome of each call, in the order in which they end.

    Args:
        link: to the broker.
        events: what the worker says.
        metrics: counts.
        performer: makes outcomes that no process could make.
        release: called with each call that needs no more.
    """

    def __init__(
        self,
        link: Link,
        events: Events,
        metrics: Metrics,
        performer: Performer,
        release: Callable[[HeldCall], None],
    ) -> None:
        self._link, self._events, self._metrics, self._performer = link, events, metrics, performer
        self._release = release
        self._queue: queue.SimpleQueue[tuple[HeldCall, bool] | None] = queue.SimpleQueue()
        self._notes: deque[tuple[float, HeldCall]] = deque()  # when each is due
        self._thread = threading.Thread(target=self._run, name="replies", daemon=True)
        self._held_back = False

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def begun(self, call: HeldCall) -> None:
        """A process has got a call."""
        self._queue.put((call, False))

    def ended(self, call: HeldCall) -> None:
        """A call has ended, in whatever way."""
        self._queue.put((call, True))

    def hold_back(self) -> None:
        """From now on, calls that have no outcome are not answered: they are given back to the broker."""
        self._held_back = True

    def close(self) -> None:
        """Send what is left, and end the thread."""
        self._queue.put(None)
        if self._thread.ident:
            self._thread.join()

    def _run(self) -> None:
        while True:
            try:
                found = self._queue.get(timeout=self._patience())
            except queue.Empty:
                self._send_notes()
                continue
            if found is None:
                return
            call, has_ended = found
            if has_ended:
                self._answer(call)
            else:
                self._notes.append((time.monotonic() + NOTE_AFTER, call))
            self._send_notes()

    def _patience(self) -> float | None:
        return max(0.0, self._notes[0][0] - time.monotonic()) if self._notes else None

    def _send_notes(self) -> None:
        while self._notes and (self._notes[0][1].done() or self._notes[0][0] <= time.monotonic()):
            call = self._notes.popleft()[1]
            if not call.done():
                make = self._performer
                note = encode_begun(call.call.number, call.call.run, make.worker, make.signer)
                self._link.begun(call.delivery, note)

    def _answer(self, call: HeldCall) -> None:
        if call.cancelled():
            return  # it is given back
        error, asked = call.exception(), call.call
        if error is None:
            done = Done(*call.result())
            how = "done" if not done.why else "failed" if self._performer.allowed.permits(asked.function) else "refused"
        elif self._held_back or (isinstance(error, BrokenExecutor) and not isinstance(error, WorkerDiedError)):
            return  # likewise
        else:
            how = next((name for kind, name in ENDS.items() if isinstance(error, kind)), "failed")
            done = self._performer.failed(asked.number, asked.run, error)
        try:
            self._link.reply(call.delivery, done.outcome)
        except BrokenError:
            return  # the worker ends, and says what it could not send
        self._metrics.ended(how, done.seconds)
        facts: dict[str, Any] = {"function": asked.function}
        if done.seconds >= 0:
            facts["seconds"] = round(done.seconds, 6)
        if done.why:
            facts["why"] = done.why
        self._events.tell(how, f"{asked.function}: {done.why}" if done.why else "", number=asked.number, **facts)
        self._release(call)
