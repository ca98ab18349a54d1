"""What Celery says of a call, as the outcome that its executor expects."""

from __future__ import annotations

import re
from typing import Any

from celery.exceptions import TimeLimitExceeded, WorkerLostError
from celery.states import SUCCESS

from brokers.celery.settings import BEGUN
from crossover.jobs.errors import BrokerLostError, TaskTimeoutError, WorkerDiedError
from crossover.jobs.remote.messages import Refused, encode_begun
from crossover.jobs.service.calls.performer import Performer
from crossover.workers.processes.exit_words import how_it_ended

ENDED = re.compile(r"(signal|exitcode) (\d+)")  # in the text of a WorkerLostError
EXPIRED, REVOKED = "expired", "revoked"  # Celery's reasons


class Answers:
    """Celery's result backend, as the task of calls has it: whatever happens to a call is an outcome, signed by us.

    Args:
        app: Celery's application.
        performer: makes outcomes.
    """

    def __init__(self, app: Any, performer: Performer) -> None:
        self._app, self._performer = app, performer
        self._pids: dict[str, int] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._app.backend, name)

    def mark_as_done(self, task_id: str, result: Any, request: Any = None, *_: Any) -> None:
        """A call has an outcome."""
        self._app.backend.answer(task_id, result, SUCCESS, request)

    def mark_as_failure(self, task_id: str, exc: BaseException, *_: Any, request: Any = None, **__: Any) -> None:
        """Celery has given up a call."""
        self.fail(task_id, _in_our_words(exc, self._pids.pop(task_id, 0)), request)

    def mark_as_revoked(self, task_id: str, reason: str = "", request: Any = None, **_: Any) -> None:
        """Celery has dropped a call: it was withdrawn, which its executor knows, or it has waited too long."""
        if reason == REVOKED:
            return
        why = "it has waited too long for a worker" if reason == EXPIRED else "it was ended by Celery's remote control"
        self.fail(task_id, BrokerLostError(why), request)

    def fail(self, task_id: str, error: BaseException, request: Any) -> None:
        """A call is not done."""
        number, run = _number_of(task_id)
        self._app.backend.answer(task_id, self._performer.failed(number, run, error).outcome, SUCCESS, request)

    def begun(self, task_id: str, pid: int, request: Any) -> None:
        """A process has a call for some time."""
        number, run = _number_of(task_id)
        note = encode_begun(number, run, self._performer.worker, self._performer.signer)
        self._app.backend.answer(task_id, note, BEGUN, request)

    def note_process(self, task_id: str, pid: int) -> None:
        """Remember which process has a call, for what is said if it dies."""
        self._pids[task_id] = pid

    def forget_process(self, task_id: str) -> None:
        """Its call is done."""
        self._pids.pop(task_id, None)


def _number_of(task_id: str) -> tuple[str, str]:
    number = task_id.partition(":")[2]
    return number, number.rpartition("-")[0]


def _in_our_words(error: BaseException, pid: int) -> BaseException:
    if isinstance(error, TimeLimitExceeded):
        return TaskTimeoutError(f"the task took longer than {error.args[0]:g} s; its worker was killed")
    if isinstance(error, WorkerLostError):
        found = ENDED.search(str(error))
        code = (-1 if found[1] == "signal" else 1) * int(found[2]) if found else None
        how = how_it_ended(code) if code is not None else "has ended"
        return WorkerDiedError(f"worker process {pid} {how}", pid, code)
    if isinstance(error, Refused):  # it was given up after some deaths, as over the other transports
        return BrokerLostError(str(error))
    return error
