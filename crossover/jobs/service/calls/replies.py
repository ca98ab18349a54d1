"""The thread that sends outcomes: the dispatcher must not wait for the broker."""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, CancelledError
from contextlib import suppress
from typing import Any

from crossover.contract.errors import BrokenError
from crossover.jobs.errors import TaskTimeoutError, WorkerDiedError
from crossover.jobs.metrics.of_worker import Metrics
from crossover.jobs.remote.job_queue import Answer
from crossover.jobs.remote.messages import Call, encode_begun
from crossover.jobs.service.calls.held_call import HeldCall
from crossover.jobs.service.calls.performer import Done, Performer
from crossover.jobs.service.events import Events
from crossover.jobs.service.link import Link

ENDS = {WorkerDiedError: "died", TaskTimeoutError: "timed_out"}
NOTE_AFTER = 0.05  # seconds that a call runs before its executor is told that it has begun: most have ended by then
MOST_AT_ONCE = 400  # things that are looked at together
MOST_BYTES = 2**20  # of outcomes that are sent together, unless one alone is larger


class Replies:
    """Sends outcomes in the order in which calls end; those that gather while the broker answers go together.

    Args:
        link: to the broker.
        events: what the worker says.
        metrics: counts.
        performer: makes outcomes that no process could make.
        release: called with calls that need no more.
    """

    def __init__(
        self,
        link: Link,
        events: Events,
        metrics: Metrics,
        performer: Performer,
        release: Callable[[Sequence[HeldCall]], None],
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
        is_closing = False
        while not is_closing:
            found = self._next()
            is_closing = None in found
            due = time.monotonic() + NOTE_AFTER
            ended = []
            for one in found:
                if one is not None:
                    call, has_ended = one
                    if has_ended:
                        ended.append(call)
                    else:
                        self._notes.append((due, call))
            self._answer(ended)
            self._send_notes()

    def _next(self) -> list[tuple[HeldCall, bool] | None]:
        """Wait for something, until a note is due; return all that there is."""
        found: list[tuple[HeldCall, bool] | None] = []
        with suppress(queue.Empty):
            found.append(self._queue.get(timeout=self._patience()))
            while len(found) < MOST_AT_ONCE and found[-1] is not None:
                found.append(self._queue.get_nowait())
        return found

    def _patience(self) -> float | None:
        return max(0.0, self._notes[0][0] - time.monotonic()) if self._notes else None

    def _send_notes(self) -> None:
        while self._notes and (self._notes[0][1].done() or self._notes[0][0] <= time.monotonic()):
            call = self._notes.popleft()[1]
            if not call.done():
                make = self._performer
                note = encode_begun(call.call.number, call.call.run, make.worker, make.signer)
                self._link.begun(call.delivery, note)

    def _answer(self, ended: Sequence[HeldCall]) -> None:
        """Send the outcomes of calls, large ones by themselves."""
        group: list[tuple[HeldCall, str, Done]] = []
        size = 0
        for call in ended:
            if (found := self._outcome(call)) is not None:
                size += len(found[1].outcome)
                group.append((call, *found))
            if size > MOST_BYTES:
                self._send(group)
                group, size = [], 0
        self._send(group)

    def _outcome(self, call: HeldCall) -> tuple[str, Done] | None:
        """Return how a call has ended, and what its executor gets; None: it is given back."""
        try:
            error, asked = call.exception(), call.call
        except CancelledError:
            return None
        if error is None:
            done = Done(*call.result())
            call.seconds = done.seconds
            if not done.why:
                return "done", done
            return "failed" if self._performer.allowed.permits(asked.function) else "refused", done
        if self._held_back or (isinstance(error, BrokenExecutor) and not isinstance(error, WorkerDiedError)):
            return None
        how = next((name for kind, name in ENDS.items() if isinstance(error, kind)), "failed")
        return how, self._performer.failed(asked.number, asked.run, error)

    def _send(self, group: Sequence[tuple[HeldCall, str, Done]]) -> None:
        if not group:
            return
        try:
            self._link.reply_many([Answer(call.delivery, done.outcome) for call, _, done in group])
        except BrokenError:
            return  # the worker ends, and says what it could not send
        for call, how, done in group:
            self._tell(call.call, how, done)
        self._release([call for call, _, _ in group])

    def _tell(self, call: Call, how: str, done: Done) -> None:
        self._metrics.ended(how, done.seconds)
        if not self._events.tells(how):
            return
        facts: dict[str, Any] = {"function": call.function}
        if done.seconds >= 0:
            facts["seconds"] = round(done.seconds, 6)
        if done.why:
            facts["why"] = done.why
        self._events.tell(how, f"{call.function}: {done.why}" if done.why else "", number=call.number, **facts)
