"""Celery's remote control, used to reserve external workers and to set how many processes they have."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any

from brokers.celery.connection import CeleryConnection
from brokers.celery.workers.code_version import code_version
from brokers.celery.workers.status import COMMAND
from brokers.external.control import Control, Status
from brokers.external.reservation import RESERVED_FOR
from brokers.external.workers import ANSWER_WITHIN
from crossover.contract.errors import StartError
from crossover.contract.system import Clock
from crossover.contract.text import readable

POLL_EVERY = 0.05  # seconds, while they change


class RemoteControl(Control):
    """Sends commands to the Celery workers that serve a queue; what they answer is in brokers/celery/workers/status.py.

    Attributes:
        connection: to the broker.

    Args:
        connection: to the broker.
        queue: where tasks are.
        reference: the function that the workers must be allowed to run.
        connect: makes another connection.
    """

    to_allow = "add it to its CROSSOVER_ALLOW"

    def __init__(
        self, connection: CeleryConnection, queue: str, reference: str, connect: Callable[[], CeleryConnection]
    ) -> None:
        super().__init__(reference)
        self.version = code_version()
        self.connection = connection
        self._queue = queue
        self._connect = connect

    def reserve(self, within: float, most: int | None = None) -> dict[str, Status]:
        """Return worker name → status; each worker that is free is reserved for this producer from now on."""
        return self._status(RESERVED_FOR, within, most)

    def release(self, within: float, most: int | None = None) -> None:
        """Release the workers, so that other producers can reserve them."""
        self._status(0.0, within, most)

    def assign(self, shares: Mapping[str, int], found: Mapping[str, Status], within: float) -> dict[str, Status]:
        """Scale pools; a worker without a share keeps its own, and takes no tasks."""
        return self.scale(
            {name: (count or found[name]["usual"], bool(count)) for name, count in shares.items()}, within
        )

    def restore(self, found: Mapping[str, Status], within: float) -> None:
        """Give each worker the processes that it was started with, not those that it had: that repairs it, too."""
        self.scale({name: (status["usual"], True) for name, status in found.items()}, within)

    @contextmanager
    def reconnected(self) -> Iterator[None]:
        """Use a new connection."""
        with closing(self._connect()) as self.connection:
            yield

    def scale(self, goals: Mapping[str, tuple[int, bool]], within: float) -> dict[str, Status]:
        """Return the status of workers once each has reached its goal: how many processes, and whether it takes tasks.

        Args:
            goals: name of a worker → how many processes, whether it takes tasks.
            within: seconds.

        Raises:
            StartError: they do not get there in time.
            BrokenError: the connection is lost.
        """
        deadline = Clock.monotonic() + within
        while True:
            found = self.reserve(ANSWER_WITHIN, len(goals)) if goals else {}
            pending = [name for name, goal in goals.items() if name not in found or _state(found[name]) != goal]
            if not pending:
                return found
            if Clock.monotonic() > deadline:
                states = "; ".join(_in_words(name, found.get(name)) for name in pending)
                raise StartError(f"external workers did not scale within {within:.0f} s: {states}")
            for name in pending:
                if name in found:
                    self._command(name, found[name], *goals[name])
            Clock.sleep(POLL_EVERY)

    def _command(self, name: str, found: Status, processes: int, serves: bool) -> None:  # noqa: FBT001 - a pair
        """Tell a worker how many processes to have, and whether to take tasks; its status shows when it has done so."""
        control = self.connection.app.control
        to: dict[str, Any] = {"destination": [name], "connection": self.connection.kombu}
        more = processes - found["processes"]
        with self.connection.translate_errors():
            if serves != found["serves"]:
                (control.add_consumer if serves else control.cancel_consumer)(self._queue, **to)
            if found["alive"] != found["processes"]:  # it is still carrying out the last command
                return
            if more > 0:
                control.pool_grow(more, **to)
            elif more:  # one at a time: of several, Celery would stop those that are idle, and lose count
                control.pool_shrink(1, **to)

    def _status(self, seconds: float, within: float, most: int | None) -> dict[str, Status]:
        with self.connection.translate_errors():
            answers = self.connection.app.control.broadcast(
                COMMAND,
                arguments={"reference": self.reference, "borrower": self.producer, "seconds": seconds},
                reply=True,
                timeout=within,
                limit=most,
                connection=self.connection.kombu,
            )
        return {name: found for answer in answers or () for name, found in answer.items()}


def _state(found: Status) -> tuple[int, bool]:
    """Return processes, -1 while they change, and whether the worker takes tasks."""
    processes = found["alive"] if found["alive"] == found["processes"] else -1
    return processes, found["serves"]


def _in_words(name: str, found: Status | None) -> str:
    if found is None:
        return f"{readable(name)} does not answer"
    return f"{readable(name)} has {found['alive']} processes{'' if found['serves'] else ', and takes no tasks'}"
