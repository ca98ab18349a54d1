"""What transports that start processes have in common."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from crossover.contract.options import Options
from crossover.contract.safety import IN_MEMORY, Safety
from crossover.contract.traits import RunRequest, Traits, WorkerKind
from crossover.contract.transport import Transport
from crossover.workers.fleet import Fleet
from local_ipc.pickles import PickledInbox, hand_outcomes

NOTHING_SET = "nothing can be switched"
"""What the levels of a transport without acknowledgements set: fast and default are the same."""

NO_SAFE_LEVEL = "tasks live in the memory of processes and die with them, and nothing is delivered again"


class StartOptions(Options, frozen=True):
    """How worker processes start.

    Attributes:
        start: fork, spawn or forkserver; None is this platform's default.
    """

    allowed: ClassVar[Mapping[str, str]] = {"start": "fork, spawn, forkserver"}
    start: Literal["fork", "spawn", "forkserver"] | None = None


def local_traits(
    name: str,
    worker_kind: WorkerKind = WorkerKind.PROCESS,
    options_type: type[Options] = StartOptions,
    *,
    broker_process: bool = False,
    unpaced: str | None = None,
) -> Traits:
    """Return the traits of a local transport: tasks live in the memory of processes, and there is no safe level."""
    return Traits(
        name=name,
        guarantees={Safety.FAST: IN_MEMORY, Safety.DEFAULT: IN_MEMORY},
        missing_levels={Safety.SAFE: NO_SAFE_LEVEL},
        level_settings={Safety.FAST: NOTHING_SET, Safety.DEFAULT: NOTHING_SET},
        options_type=options_type,
        worker_kind=worker_kind,
        broker_process=broker_process,
        unpaced=unpaced,
    )


def why_no_semaphores() -> str | None:
    """Return why `multiprocessing` cannot synchronise processes on this machine, or None where it can."""
    try:
        importlib.import_module("multiprocessing.synchronize")
    except ImportError as error:
        return f"multiprocessing has no semaphores here: {error}"
    return None


class StartedTransport(Transport):
    """A transport of `multiprocessing` or `concurrent.futures` that starts processes.

    Options: start (fork | spawn | forkserver; default: the platform's).
    """

    @classmethod
    def why_not(cls, request: RunRequest) -> str | None:
        """Return why this transport cannot do what is requested; it needs semaphores."""
        return super().why_not(request) or (why_no_semaphores() if request.usable_here else None)


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
