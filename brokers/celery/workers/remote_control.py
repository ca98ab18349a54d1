"""What is said to workers that somebody else has started: Celery's remote control, for as long as they are lent."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Mapping
from typing import Any

from brokers.celery.connection import CeleryConnection
from brokers.celery.workers.about import COMMAND
from crossover.contract.errors import StartError
from crossover.contract.text import readable

ANSWER_WITHIN = 2.0  # seconds for the answers of workers that we know
ASK_EVERY = 0.05  # seconds, while they change
LENT_FOR = 30.0  # seconds after which a worker forgets a borrower that does not ask any more


class CeleryControl:
    """Speaks to the workers that serve a queue.

    Attributes:
        line: to the broker.
        borrower: who we are, in the words of a sentence.
        reference: the function that they must be allowed to run.

    Args:
        line: to the broker.
        queue: where tasks lie.
        reference: the function that they must be allowed to run.
    """

    def __init__(self, line: CeleryConnection, queue: str, reference: str) -> None:
        self.line = line
        self.borrower = f"process {os.getpid()} on {platform.node()}"
        self._queue = queue
        self.reference = reference

    def ask(self, within: float, most: int | None = None) -> dict[str, Mapping[str, Any]]:
        """Return what the workers say about themselves; each that is free is ours from now on.

        Args:
            within: seconds to wait for answers.
            most: answers after which nobody else is waited for.

        Raises:
            BrokenError: the connection is lost.
        """
        return self._about(LENT_FOR, within, most)

    def give_back(self, within: float, most: int | None = None) -> None:
        """Let others have them.

        Raises:
            BrokenError: the connection is lost.
        """
        self._about(0.0, within, most)

    def bring(self, wanted: Mapping[str, tuple[int, bool]], within: float) -> dict[str, Mapping[str, Any]]:
        """Return what they say when each has as many processes, and takes tasks or does not, as is wanted.

        Args:
            wanted: name of a worker → processes, whether it takes tasks.
            within: seconds.

        Raises:
            StartError: they do not get there.
            BrokenError: the connection is lost.
        """
        deadline = time.monotonic() + within
        while True:
            found = self.ask(ANSWER_WITHIN, len(wanted)) if wanted else {}
            other = [name for name, so in wanted.items() if name not in found or _is(found[name]) != so]
            if not other:
                return found
            if time.monotonic() > deadline:
                said = "; ".join(_said(name, found.get(name)) for name in other)
                raise StartError(f"external workers do not do what they are told within {within:.0f} s: {said}")
            for name in other:
                if name in found:
                    self._tell(name, found[name], *wanted[name])
            time.sleep(ASK_EVERY)

    def _tell(self, name: str, told: Mapping[str, Any], processes: int, serves: bool) -> None:  # noqa: FBT001 - a pair
        """Tell a worker how many processes to have, and whether to take tasks; its answers say when it has done so."""
        control = self.line.app.control
        to: dict[str, Any] = {"destination": [name], "connection": self.line.connection}
        more = processes - told["processes"]
        with self.line.carefully():
            if serves != told["serves"]:
                (control.add_consumer if serves else control.cancel_consumer)(self._queue, **to)
            if told["alive"] != told["processes"]:  # it is still about what it was told last
                return
            if more > 0:
                control.pool_grow(more, **to)
            elif more:  # one by one: of several, Celery would take those that idle, and lose count
                control.pool_shrink(1, **to)

    def _about(self, seconds: float, within: float, most: int | None) -> dict[str, Mapping[str, Any]]:
        with self.line.carefully():
            answers = self.line.app.control.broadcast(
                COMMAND,
                arguments={"reference": self.reference, "borrower": self.borrower, "seconds": seconds},
                reply=True,
                timeout=within,
                limit=most,
                connection=self.line.connection,
            )
        return {name: told for answer in answers or () for name, told in answer.items()}


def _is(told: Mapping[str, Any]) -> tuple[int, bool]:
    there = told["alive"] if told["alive"] == told["processes"] else -1
    return there, told["serves"]


def _said(name: str, told: Mapping[str, Any] | None) -> str:
    if told is None:
        return f"{readable(name)} does not answer"
    return f"{readable(name)} has {told['alive']} processes{'' if told['serves'] else ', and takes no tasks'}"
