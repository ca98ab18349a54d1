"""What the workers say of an executor's calls, when they are asked over Celery's remote control."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crossover.contract.system import Clock
from crossover.jobs.remote.celery.session import Session

SILENT_FOR = 2.0  # seconds without an answer, after which the workers are asked; and between two times
ANSWER_WITHIN = 1.0  # seconds for the answers of all workers
COUNTED_FOR = 5.0  # seconds for which it counts how many have answered; then new ones may be there


class Watch:
    """Asks the workers which calls have begun, and which they have.

    Celery says nothing of a call whose worker was killed with all its processes. So a call is lost that no worker has,
    and the server has not, twice in turn.

    Args:
        executor: begins the ids of its calls.
        most: workers that there are; None: any number.
        safe: whether another worker gets what one had that has died.
    """

    def __init__(self, executor: str, most: int | None, *, safe: bool) -> None:
        self._executor, self._own, self._safe = executor, most, safe
        self._heard_at = self._asked_at = Clock.monotonic()
        self._counted_at = self._deaf_at = float("-inf")
        self._workers = 0
        self._missing: set[str] = set()

    def heard(self) -> None:
        """Take note that an answer to a call has come."""
        self._heard_at = Clock.monotonic()
        self._missing.clear()

    def withdraws(self, session: Session, call: str) -> bool | None:
        """Return whether no process has got a call, and none will; None: not every worker answers.

        Raises:
            BrokenError: the connection is lost.
        """
        now = Clock.monotonic()
        if now - self._deaf_at < SILENT_FOR:
            return None
        known = self._own or (self._workers if now - self._counted_at < COUNTED_FOR else 0)
        answers = session.roll_call(self._executor, [call], ANSWER_WITHIN, known or None)
        if not known:
            self._count(len(answers))
        if not answers:
            self._deaf_at = Clock.monotonic()
        if not answers or len(answers) < known:
            self._workers, self._counted_at = 0, float("-inf")
            return None
        return not any(answer["begun"] for answer in answers)

    def withdraws_all(self, session: Session, calls: Sequence[str]) -> set[str]:
        """Ask the workers not to begin these calls; return those that they have.

        Raises:
            BrokenError: the connection is lost.
        """
        answers = session.roll_call(self._executor, calls, ANSWER_WITHIN, self._workers or None)
        return {call for answer in answers for call in answer["has"]}

    def look(self, session: Session, calls: Mapping[str, float]) -> set[str]:
        """Return the calls that are lost.

        Args:
            session: to ask over.
            calls: id → when it was sent.

        Raises:
            BrokenError: the connection is lost.
        """
        now = Clock.monotonic()
        if now - max(self._heard_at, self._asked_at) < SILENT_FOR:
            return set()
        self._asked_at = now
        old = {call for call, at in calls.items() if now - at > SILENT_FOR}
        if not old:
            return set()
        answers = session.roll_call(self._executor, [], ANSWER_WITHIN, self._own)
        self._asked_at = Clock.monotonic()
        if self._own is None:
            self._count(len(answers))
        if not answers and (self._own or self._safe):
            self._missing.clear()
            return set()  # one begins, which has calls before it answers; that there is none, the executor sees
        missing = old.difference(*(answer["has"] for answer in answers))
        if missing and session.may_have(missing, len(answers)):
            missing = set()
        gone, self._missing = missing & self._missing, missing
        return gone

    def workers(self, session: Session) -> int:
        """Return how many workers have answered a short time ago.

        Raises:
            BrokenError: the connection is lost.
        """
        if Clock.monotonic() - self._counted_at >= COUNTED_FOR:
            self._count(len(session.roll_call(self._executor, [], ANSWER_WITHIN, None)))
        return self._workers

    def _count(self, workers: int) -> None:
        self._workers, self._counted_at = workers, Clock.monotonic()
