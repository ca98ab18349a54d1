"""Celery workers that somebody else has started: found, checked, borrowed, made as many as a run wants, put back."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any

from brokers.celery.connection import CeleryConnection
from brokers.celery.workers.about import version
from brokers.celery.workers.remote_control import ANSWER_WITHIN, LENT_FOR, CeleryControl
from crossover.contract.errors import BrokenError, StartError
from crossover.contract.text import readable

ANSWERED_WITHIN = 5.0  # seconds until the first one answers
LISTENING = 1.0  # seconds for the answers of all, where we do not know how many they are
CHANGED_WITHIN = 30.0  # seconds until every one has as many processes as it should
BACK_WITHIN = 20.0  # seconds until every one has as many as it had
SILENT_FOR = 2.0  # seconds without a result, after which we ask whether they are still there
ASK_AFTER = 10.0  # seconds after which we ask in any case; they are lent for a little longer


class ExternalWorkers:
    """The workers that serve a queue.

    Attributes:
        dead: which of them are, as "worker name"; others may read it.

    Args:
        control: speaks to them.
    """

    def __init__(self, control: CeleryControl) -> None:
        self.dead: tuple[str, ...] = ()
        self._control = control
        self._there: dict[str, Mapping[str, Any]] = {}
        self._mine = False
        self._missed: list[str] = []
        self._heard = self._asked = 0.0

    def __str__(self) -> str:
        """Say how many processes each has, and had, and what it runs."""
        return "external: " + "; ".join(
            f"{readable(name)} with {told['processes']} processes ({told['usual']} before), Python {told['python']}"
            for name, told in self._there.items()
        )

    def borrow(self) -> bool:
        """Find them, and have them for ourselves; return whether there are any.

        Raises:
            StartError: one runs other code, must not run the function, or is lent to somebody else.
            BrokenError: the connection is lost.
        """
        deadline = time.monotonic() + ANSWERED_WITHIN
        self._mine = True
        while not (found := self._control.ask(LISTENING)) and time.monotonic() < deadline:
            continue
        for name, told in found.items():
            self._check(readable(name), told)
        self._there = found
        return bool(found)

    def become(self, processes: int) -> None:
        """Return when they have so many processes in all, as evenly as can be; who would have none pauses.

        Raises:
            StartError: they do not get there, or have no memory for so many.
            BrokenError: the connection is lost.
        """
        share, more = divmod(processes, len(self._there))
        shares = {name: share + (number < more) for number, name in enumerate(sorted(self._there))}
        for name, count in shares.items():
            room = self._there[name]["room"]
            if room is not None and count > room:
                raise StartError(
                    f"the worker {readable(name)} has memory for {room} processes, not for {count}: "
                    "ask for fewer (-w), start more workers, or give it more memory"
                )
        usual = self._usual()
        self._there = self._control.bring(
            {name: (count or usual[name], bool(count)) for name, count in shares.items()}, CHANGED_WITHIN
        )
        self._heard = self._asked = time.monotonic()

    def look(self, *, came: bool) -> None:
        """Ask them whether they are still there, from time to time and where nothing has come; they stay ours by that.

        One that does not answer twice is dead; one that was started again was.

        Args:
            came: whether a result has just come.

        Raises:
            BrokenError: the connection is lost.
        """
        now = time.monotonic()
        if came:
            self._heard = now
        silent = now - max(self._heard, self._asked) > SILENT_FOR
        if self.dead or not (silent or self._missed or now - self._asked > ASK_AFTER):
            return
        found = self._control.ask(ANSWER_WITHIN, len(self._there))
        self._asked = time.monotonic()
        missing = [name for name in self._there if name not in found]
        again = [name for name, told in found.items() if told["since"] != self._there.get(name, told)["since"]]
        self.dead = tuple(f"worker {readable(name)}" for name in [*again, *set(missing).intersection(self._missed)])
        self._missed = missing

    def put_back(self, connect: Callable[[], CeleryConnection]) -> str:
        """Put them back, once more over a new connection where that fails; return what is wrong where it fails again.

        Args:
            connect: makes the new connection.
        """
        try:
            self._put_back()
        except (BrokenError, StartError):
            try:
                with closing(connect()) as self._control.line:
                    self._put_back()
            except (BrokenError, StartError) as error:
                return f"external workers could not be put back ({error}); the next comparison does it"
        return ""

    def _put_back(self) -> None:
        """Give each that still answers the processes that it was started with, and let others have them."""
        if self._there:
            found = self._control.ask(ANSWER_WITHIN, len(self._there))
            mine = self._control.borrower
            self._there = {name: told for name, told in found.items() if name in self._there and told["lent"] == mine}
            self._control.bring({name: (count, True) for name, count in self._usual().items()}, BACK_WITHIN)
        if self._mine:
            self._control.give_back(LISTENING, len(self._there) or None)
            self._mine = False

    def _check(self, name: str, told: Mapping[str, Any]) -> None:
        if told.get("version") != version():
            theirs = told.get("version") or f"other code ({told})"
            raise StartError(f"the worker {name} runs {theirs}, this is {version()}: build and start it again")
        if not told["permitted"]:
            raise StartError(
                f"the worker {name} must not run {self._control.reference!r}: name it in its CROSSOVER_ALLOW"
            )
        if told["lent"] != self._control.borrower:
            raise StartError(
                f"the worker {name} works for {told['lent']}: one comparison at a time "
                f"(one that was killed is forgotten after {LENT_FOR:.0f} s)"
            )

    def _usual(self) -> dict[str, int]:
        return {name: told["usual"] for name, told in self._there.items()}
