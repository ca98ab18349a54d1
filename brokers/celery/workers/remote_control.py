"""Celery's remote control, used to reserve external workers and to set how many processes they have."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from typing import Any

from brokers.celery.connection import CeleryConnection
from brokers.celery.workers.status import COMMAND
from crossover.contract.errors import StartError
from crossover.contract.system import Clock
from crossover.contract.text import readable

ANSWER_WITHIN = 2.0  # seconds for the answers of workers that are known
POLL_EVERY = 0.05  # seconds, while they change
RESERVED_FOR = 30.0  # seconds after which a worker is free again, unless its producer renews the reservation

Status = Mapping[str, Any]
"""What a worker reports: see brokers/celery/workers/status.py."""


class RemoteControl:
    """Sends commands to the workers that serve a queue.

    Attributes:
        connection: to the broker.
        producer: name of this producer, as it stands in messages.
        reference: the function that the workers must be allowed to run.

    Args:
        connection: to the broker.
        queue: where tasks are.
        reference: the function that the workers must be allowed to run.
    """

    def __init__(self, connection: CeleryConnection, queue: str, reference: str) -> None:
        self.connection = connection
        self.producer = f"process {os.getpid()} on {platform.node()}"
        self._queue = queue
        self.reference = reference

    def reserve(self, within: float, most: int | None = None) -> dict[str, Status]:
        """Return worker name → status; each worker that is free is reserved for this producer from now on.

        Args:
            within: seconds to wait for answers.
            most: answers after which to stop waiting.

        Raises:
            BrokenError: the connection is lost.
        """
        return self._status(RESERVED_FOR, within, most)

    def release(self, within: float, most: int | None = None) -> None:
        """Release the workers, so that other producers can reserve them; arguments as for `reserve`.

        Raises:
            BrokenError: the connection is lost.
        """
        self._status(0.0, within, most)

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
