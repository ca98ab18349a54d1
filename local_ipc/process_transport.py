"""What transports that start processes have in common."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from crossover.contract.options import Options
from crossover.contract.safety import IN_MEMORY, Guarantee, Safety
from crossover.contract.transport import Transport
from crossover.workers.fleet import Fleet
from local_ipc.pickles import PickledInbox, hand_outcomes

AT_MOST_ONCE: Mapping[Safety, Guarantee] = {Safety.FAST: IN_MEMORY, Safety.DEFAULT: IN_MEMORY}
"""The levels of a transport that has no acknowledgements: fast and default switch nothing."""

NO_SAFE_LEVEL: Mapping[Safety, str] = {
    Safety.SAFE: "tasks live in the memory of processes and die with them, and nothing is delivered again"
}


class StartOptions(Options, frozen=True):
    """How worker processes start.

    Attributes:
        start: fork, spawn or forkserver; None is this platform's default.
    """

    allowed: ClassVar[Mapping[str, str]] = {"start": "fork, spawn, forkserver"}
    start: Literal["fork", "spawn", "forkserver"] | None = None


class StartedTransport(Transport):
    """A transport of `multiprocessing` or `concurrent.futures` that starts processes.

    fast, default: the same. safe: refused.

    Options: start (fork | spawn | forkserver; default: the platform's).
    """

    guarantees = AT_MOST_ONCE
    refusals = NO_SAFE_LEVEL
    options_type: ClassVar[type[Options]] = StartOptions

    @classmethod
    def unusable(cls, server_address: str = "") -> str | None:
        """Return why `multiprocessing` cannot synchronise processes here, or None where it can."""
        try:
            importlib.import_module("multiprocessing.synchronize")
        except ImportError as error:
            return f"multiprocessing has no semaphores here: {error}"
        return None


class FleetTransport(StartedTransport):
    """One whose workers are our fleet: `start` makes the channels, then the fleet, and `close` closes the channels."""

    _fleet: Fleet | None = None

    def processes(self) -> Mapping[str, Sequence[int]]:
        """Return the workers."""
        return {"workers": self._fleet.pids if self._fleet else []}

    def stop(self) -> None:
        """End the workers, then close the channels."""
        if self._fleet is not None:
            self._fleet.stop()
            self._fleet = None
            self.close()

    def close(self) -> None:
        """Give up what is still in the channels, and close them."""


class SharedInbox(PickledInbox):
    """A worker's side where all workers share one channel of tasks and one of outcomes.

    Args:
        tasks: where tasks come from; has `get`.
        outcomes: where outcomes go; has `put`.
    """

    def __init__(self, tasks: Any, outcomes: Any) -> None:
        self._tasks = tasks
        self._outcomes = outcomes

    def open(self) -> None:
        """Take the channels' own methods: one call less for each message."""
        self.get = self._tasks.get
        self.put = self._outcomes.put
        self.write = hand_outcomes
