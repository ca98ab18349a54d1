"""A call as the main process of a Celery worker knows it: checked before a process gets it, withdrawn until then."""

from __future__ import annotations

import contextlib
from typing import Any

from celery.worker import state
from celery.worker.control import inspect_command
from kombu.asynchronous import get_event_loop

from brokers.celery.settings import ROLL_CALL
from brokers.celery.workers.consumer import RunRequest, dead_letter
from brokers.celery.workers.environment import read_environment
from brokers.poison import not_kept
from crossover.jobs.errors import CallRefusedError
from crossover.jobs.remote.job_queue import Delivery
from crossover.jobs.service.calls.entrance import Entrance, Refusal
from crossover.jobs.service.calls.replies import NOTE_AFTER

MOST_REMEMBERED = 100_000  # calls that a process has got, of which an executor may ask whether they have begun

_begun: dict[str, None] = {}
"""Ids of calls that processes have got, in their order."""


class CallRequest(RunRequest):
    """A call, from when it was taken until it is done.

    Attributes:
        entrance: checks it; set when the application is made.
    """

    entrance: Entrance

    def __init__(self, message: Any, **options: Any) -> None:
        super().__init__(message, **options)
        self._refusal: Refusal | None = None
        self._is_answered = False
        self._earlier = state.requests.get(self.id)  # the same call, which was sent again
        redelivered = bool(self.delivery_info.get("redelivered"))
        try:
            call, _ = self.entrance.check(Delivery(self.args[0], self.reply_to or "", self.id, self, redelivered))
        except Refusal as refusal:
            self._refusal = refusal
        else:
            self.time_limits = (call.timeout, None)

    def revoked(self) -> bool:
        """Return whether no process must get it: Celery asks just before."""
        if self._refusal is None:
            return bool(super().revoked())
        if not self._is_answered:
            self._is_answered = True
            self._refuse(self._refusal)
        return True

    def on_accepted(self, pid: int, time_accepted: float) -> None:
        """Take note that a process has got it, and tell its executor if it is not done soon."""
        _begun[self.id] = None
        if len(_begun) > MOST_REMEMBERED:
            del _begun[next(iter(_begun))]
        self.task.backend.note_process(self.id, pid)
        super().on_accepted(pid, time_accepted)
        loop = get_event_loop()
        if loop is None:  # a pool of threads
            self._tell_begun(pid)
        else:
            loop.call_later(NOTE_AFTER, self._tell_begun, (pid,))

    def _tell_begun(self, pid: int) -> None:
        if state.requests.get(self.id) is self:
            with contextlib.suppress(Exception):  # the server is away: the outcome is what counts
                self.task.backend.begun(self.id, pid, self._context)
        else:
            self.task.backend.forget_process(self.id)

    def _refuse(self, refusal: Refusal) -> None:
        state.task_ready(self)
        if self._earlier in state.reserved_requests:  # it goes on, and Celery finds requests by their ids
            state.requests[self.id] = self._earlier
        reason = not_kept(str(refusal), dead_letter(read_environment(), str(refusal), self.args[0]))
        if refusal.delivery.number:  # else its executor waits for the one that came first
            self.task.backend.fail(self.id, CallRefusedError(reason), self._context)
        self.acknowledge()


@inspect_command(name=ROLL_CALL, args=[("executor", str), ("withdrawn", list)])  # type: ignore[untyped-decorator]
def roll_call(_: Any, executor: str = "", withdrawn: Any = (), **__: Any) -> dict[str, list[str]]:
    """Return which calls of an executor this worker has, and which of those that are withdrawn have begun.

    The others of these are not begun any more.

    Args:
        executor: begins the ids of its calls.
        withdrawn: ids.
    """
    given = [call for call in withdrawn if call in _begun or _is_given(state.requests.get(call))]
    for call in withdrawn:
        if call not in given:
            state.revoked.add(call)
    return {"has": [call for call in state.requests if call.startswith(executor)], "begun": given}


def _is_given(request: Any) -> bool:
    return request is not None and request._apply_result is not None  # noqa: SLF001 - Celery has no other sign of it
