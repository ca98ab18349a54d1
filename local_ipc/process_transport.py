"""What local transports have in common: traits, start methods, inboxes, and the worker's side of pools."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Mapping, Sequence
from multiprocessing import active_children
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, ClassVar, Literal

from crossover.contract.options import Options
from crossover.contract.safety import IN_MEMORY, Safety
from crossover.contract.system import Clock
from crossover.contract.tasks import Batch, Done, Outcomes, Task
from crossover.contract.traits import RunRequest, Traits, WorkerKind
from crossover.contract.transport import Transport
from crossover.recording.shared_files import FOLDER
from crossover.workers.fleet import Fleet
from crossover.workers.loop import performer
from crossover.workers.processes.lifetime import enter
from local_ipc.channels.pickling import SHORT, Message, PickledInbox, unwrap, wrap_outcomes

LOOK_EVERY = 0.005  # seconds
NOTHING_SET = "nothing can be switched"
"""What the levels of a local transport set: without acknowledgements, fast and default are the same."""

NO_SAFE_LEVEL = "tasks live in the memory of processes and die with them, and nothing is delivered again"


class StartOptions(Options, frozen=True):
    """How worker processes start.

    Attributes:
        start: fork, spawn or forkserver; None: the platform's default.
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
    """Return why `multiprocessing` cannot synchronise processes on this machine, or None if it can."""
    try:
        multiprocessing.get_context("fork").Lock()
    except ImportError as error:
        return f"multiprocessing has no semaphores here: {error}"
    except OSError as error:  # no /dev/shm, or one that is full or cannot be written
        return f"multiprocessing has no semaphores here: {FOLDER}: {error.strerror}"
    return None


def child_pids() -> frozenset[int]:
    """Return the ids of the living processes that this one has started by `multiprocessing`."""
    return frozenset(child.pid for child in active_children() if child.pid is not None)


class Children:
    """The processes that this one starts by `multiprocessing` after this was made, as a pool does."""

    def __init__(self) -> None:
        self._others = child_pids()
        self._processes: dict[int, BaseProcess] = {}

    def look(self) -> frozenset[int]:
        """Return the ids of those that have been seen, dead ones included; one that ends before it is seen is not."""
        found = {child.pid: child for child in active_children() if child.pid is not None}
        self._processes |= {pid: child for pid, child in found.items() if pid not in self._others}
        return frozenset(self._processes)

    def exit_codes(self, within: float = 0.0) -> dict[int, int]:
        """Return process id → exit code, of those that have ended.

        Args:
            within: seconds to wait for all of them to end.
        """
        deadline = Clock.monotonic() + within
        for child in self._processes.values() if within else ():
            child.join(max(0.0, deadline - Clock.monotonic()))
            while child.exitcode is None and Clock.monotonic() < deadline:
                Clock.sleep(LOOK_EVERY)  # another thread has waited for it, and notes its code in a moment
        codes = {pid: child.exitcode for pid, child in self._processes.items()}
        return {pid: code for pid, code in codes.items() if code is not None}


class ProcessTransport(Transport):
    """A transport of `multiprocessing` or `concurrent.futures` that starts processes.

    Options: start (fork | spawn | forkserver; default: the platform's).

    Attributes:
        needs_semaphores: whether its processes synchronise with semaphores.
    """

    needs_semaphores: ClassVar[bool] = True

    @classmethod
    def why_not(cls, request: RunRequest) -> str | None:
        """Return why this transport cannot do what is requested; it may need semaphores."""
        needed = cls.needs_semaphores and request.usable_here
        return super().why_not(request) or (why_no_semaphores() if needed else None)


class FleetTransport(ProcessTransport):
    """A transport with a fleet of workers: `start` makes the channels, then the fleet; `close` closes the channels."""

    _fleet: Fleet | None = None

    def processes(self) -> Mapping[str, Sequence[int]]:
        """Return the process ids of the workers."""
        return {"workers": self._fleet.pids if self._fleet else []}

    def exits(self) -> Mapping[int, str]:
        """Return how workers have ended."""
        return self._fleet.exits() if self._fleet else {}

    def stop(self) -> None:
        """End the workers, then close the channels."""
        if self._fleet is not None:
            self.notes = self._fleet.stop()
            self._fleet = None
            self.close()

    def close(self) -> None:
        """Discard what is still in the channels, and close them."""


class SharedInbox(PickledInbox):
    """The inbox of a worker, where all workers share one channel of tasks and one of outcomes.

    Args:
        tasks: where tasks come from; has `get`.
        outcomes: where outcomes go; has `put`.
    """

    def __init__(self, tasks: Any, outcomes: Any) -> None:
        self._tasks = tasks
        self._outcomes = outcomes

    def open(self) -> None:
        """Bind the methods of the channels: one call less per message."""
        self.get = self._tasks.get
        self.put = self._outcomes.put
        self.write = wrap_outcomes


_perform: Callable[[Batch | Task], Outcomes | Done] | None = None  # set once in each worker process of a pool


def initialise(reference: str, reports: Connection) -> None:
    """Prepare a worker process; the initializer of pools.

    Args:
        reference: "package.module:function".
        reports: from `Readiness`.
    """
    global _perform  # noqa: PLW0603 - an initializer can only leave a global
    run = enter(reference, reports)
    _perform = performer(run) if run is not None else None


def call(message: Message) -> Message:
    """Run a packed batch, and return its packed outcomes; what pools call in a worker process."""
    found = message if type(message) is tuple and len(message) == SHORT else unwrap(message)
    if isinstance(found, Outcomes):  # the batch could not be unpickled
        return wrap_outcomes(found)
    assert _perform is not None
    return wrap_outcomes(_perform(found))
