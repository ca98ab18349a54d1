"""Results of Celery tasks, as the producer receives them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from brokers.messages import Refused, read_outcomes, refusal_outcomes
from crossover.contract.system import Clock
from crossover.contract.tasks import Outcomes
from crossover.contract.text import describe


class Result(NamedTuple):
    """What came back for one message.

    Attributes:
        first: number of the first task that the message carried; -1 where this producer did not send it.
        size: how many tasks it carried.
        value: what the worker returned, or the exception that Celery reports in its place.
    """

    first: int
    size: int
    value: Any

    @property
    def outcomes(self) -> Outcomes:
        """The outcomes in it; an exception becomes the error of each task."""
        value = self.value
        if isinstance(value, bytes):
            return read_outcomes(value)
        if isinstance(value, Refused):
            return refusal_outcomes(f"an outcome was refused: {value}", 0)
        now = Clock.monotonic_ns()
        reason = describe(value) if isinstance(value, BaseException) else f"Celery returned {type(value).__name__}"
        errors = dict.fromkeys(range(self.size), reason)
        return Outcomes(self.first, self.size, [None] * self.size, errors, 0, now, now)


Receive = Callable[[str, Any], Any]
"""Called with the id of a Celery task and its value."""


class OutstandingMessage(NamedTuple):
    """A message whose result is outstanding.

    Attributes:
        first: number of its first task.
        size: how many tasks it carries.
        result: Celery's AsyncResult.
        at: when it was sent, in seconds of the monotonic clock.
    """

    first: int
    size: int
    result: Any
    at: float


class ResultBackend(ABC):
    """A result backend of Celery's, and what the producer must do in addition.

    Attributes:
        send_options: further options of each `send_task`.

    Args:
        app: Celery application of the producer.
        outstanding: Celery task id → message; the publisher adds to it and removes from it.
        take: called with each result that belongs to no message of this producer: an earlier producer of the run has
            sent it, or it is refused.
    """

    def __init__(self, app: Any, outstanding: Mapping[str, OutstandingMessage], take: Callable[[Result], Any]) -> None:
        self.send_options: dict[str, Any] = {}
        self._app = app
        self._outstanding = outstanding
        self._take = take
        app.backend.refuse = lambda reason: take(Result(-1, 1, Refused(reason)))
        app.backend.expected = outstanding

    def expect(self, result: Any, receive: Receive) -> None:
        """Have the value of a result passed on when it comes; called after its task was sent.

        Args:
            result: Celery's AsyncResult.
            receive: called with the id of the task and the value.
        """
        result.then(lambda ready: receive(ready.id, ready.result))

    def drain(self, timeout: float) -> None:
        """Receive what has come, at least one result if one comes within the timeout in seconds."""
        with suppress(TimeoutError):
            self._app.backend.result_consumer.drain_events(timeout)

    @abstractmethod
    def inherit(self) -> None:
        """Take over the results for an earlier producer of the run; it is dead, and the ids of its tasks are lost."""

    def received(self, task: str) -> None:  # noqa: B027 - rpc:// needs none of it
        """Take note that the result of a task has been received."""

    def poll(self, now: float) -> None:  # noqa: B027 - rpc:// needs none of it
        """Look for results that were not announced; called often, and does it about once a second."""

    def remove_received(self) -> None:  # noqa: B027 - rpc:// needs none of it
        """Remove received results from the server, once there are many."""

    def remove_all(self) -> None:  # noqa: B027 - rpc:// needs none of it
        """Remove all results of this producer from the server."""


def inherited(meta: Mapping[str, Any]) -> Result:
    """Return the result of a message that an earlier producer sent; which tasks it carried is in its value only."""
    return Result(-1, 1, meta["result"])
