"""Celery workers that somebody else has started: found, checked, made as many as a run wants, and put back."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from brokers.celery_about import COMMAND, version
from brokers.celery_line import CeleryLine
from crossover.contract.errors import BrokenError, StartError
from crossover.contract.text import readable

ANSWERED_WITHIN = 5.0  # seconds until the first one answers
LISTENING = 1.0  # seconds for the answers of all
CHANGED_WITHIN = 30.0  # seconds until every one has as many processes as it should


class ExternalWorkers:
    """The workers that serve a queue.

    Args:
        line: to the broker.
        queue: where tasks lie.
        reference: the function that they must be allowed to run.

    Raises:
        StartError: there are none, or one runs other code or must not run the function.
        BrokenError: the connection is lost.
    """

    def __init__(self, line: CeleryLine, queue: str, reference: str) -> None:
        self._line = line
        self._queue = queue
        self._reference = reference
        self._before: dict[str, int] = {}
        self._idle: list[str] = []
        found = self._about(ANSWERED_WITHIN)
        for name, told in found.items():
            if told.get("version") != version():
                theirs = told.get("version") or f"other code ({told})"
                raise StartError(f"the worker {name} runs {theirs}, this is {version()}: build and start it again")
            if not told["permitted"]:
                raise StartError(f"the worker {name} must not run {reference!r}: name it in its CROSSOVER_ALLOW")
        self._before = {name: told["processes"] for name, told in found.items()}

    def __str__(self) -> str:
        """Say how many processes each has, and had."""
        now = self._processes()
        return "external: " + "; ".join(
            f"{readable(name)} with {now.get(name, 0)} processes ({before} before)"
            for name, before in self._before.items()
        )

    def __len__(self) -> int:
        return len(self._before)

    def become(self, processes: int) -> None:
        """Return when they have so many processes in all, as evenly as can be; who would have none pauses.

        Raises:
            StartError: they do not get there.
        """
        share, more = divmod(processes, len(self._before))
        wanted = {name: share + (number < more) for number, name in enumerate(sorted(self._before))}
        self._idle = [name for name, count in wanted.items() if not count]
        with self._line.carefully():
            for name in self._idle:
                self._line.app.control.cancel_consumer(
                    self._queue, destination=[name], connection=self._line.connection
                )
        self._change({name: count or self._before[name] for name, count in wanted.items()})

    def put_back(self) -> None:
        """Give each the processes that it had; without a word where it does not answer any more."""
        with suppress(BrokenError, StartError):
            with self._line.carefully():
                for name in self._idle:
                    self._line.app.control.add_consumer(
                        self._queue, destination=[name], connection=self._line.connection
                    )
            self._idle = []
            self._change(self._before)

    def _change(self, wanted: Mapping[str, int]) -> None:
        deadline = time.monotonic() + CHANGED_WITHIN
        now = self._processes()
        while any(now.get(name) != count for name, count in wanted.items()):
            if time.monotonic() > deadline or not now:
                raise StartError(
                    f"the workers have {now} processes, and not {dict(wanted)}, after {CHANGED_WITHIN:.0f} s"
                )
            with self._line.carefully():
                control, connection = self._line.app.control, self._line.connection
                for name, count in wanted.items():
                    more = count - now.get(name, count)
                    if more > 0:
                        control.pool_grow(
                            more, destination=[name], connection=connection, reply=True, timeout=LISTENING
                        )
                    elif more < 0:
                        control.pool_shrink(
                            -more, destination=[name], connection=connection, reply=True, timeout=LISTENING
                        )
            now = self._processes()

    def _processes(self) -> dict[str, int]:
        return {name: told["processes"] for name, told in self._about(ANSWERED_WITHIN).items() if "processes" in told}

    def _about(self, within: float) -> dict[str, Mapping[str, Any]]:
        """Ask all of them, again until one answers."""
        deadline = time.monotonic() + within
        while True:
            with self._line.carefully():
                answers = self._line.app.control.broadcast(
                    COMMAND,
                    arguments={"reference": self._reference},
                    reply=True,
                    timeout=LISTENING,
                    limit=len(self._before) or None,
                    connection=self._line.connection,
                )
            found = {name: told for answer in answers or () for name, told in answer.items()}
            if found or time.monotonic() > deadline:
                return found
