"""The contract that every transport keeps."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, ClassVar, Self

from crossover.contract.errors import UsageError
from crossover.contract.safety import Safety
from crossover.contract.tasks import Batch, Done, LateReceipt, Outcomes, Submission
from crossover.contract.traits import RunRequest, Traits
from workloads.base import Workload


class Transport(ABC):
    """Carries tasks to workers and outcomes back: the producer's side.

    A transport never times, paces, counts or prints. It is created in the command, which may call `find_server` and
    pickles it; a producer process starts, uses and stops it, in one thread.

    Attributes:
        traits: what is true of each of its runs.
        imports: modules that it imports on use, and that take long: the template imports them once for all runs.
        limit: bytes that a message may have, known once started; 0: there is no limit.
        redelivery: seconds, at most, until what a dead worker held is delivered again or reported as failed; 0: never.
        purpose: of a private server that it must not share with other transports; set before `start`.
        python: path of the interpreter of its producer and its workers; empty: the one that runs the command.
        run: the name of a run that another process can take over; known once started.
        notes: what should be known about a run in addition to its outcomes, in sentences; known after `stop`.

    Args:
        options: an instance of `traits.options_type`.
        safety: a level in `traits.guarantees`.
        server_address: where its server is, as in the URL; empty: the environment's, else a private one.
    """

    traits: ClassVar[Traits]
    imports: ClassVar[Sequence[str]] = ()
    limit: int = 0
    redelivery: float = 0.0
    purpose: str = ""
    python: str = ""
    run: str = ""
    notes: Sequence[str] = ()

    def __init__(self, options: Any, safety: Safety, server_address: str = "") -> None:
        self.options = options
        self.safety = safety
        self.server_address = server_address

    @classmethod
    def why_not(cls, request: RunRequest) -> str | None:
        """Return why this transport cannot do what is requested, or None where it can."""
        return cls.traits.why_not(request)

    @classmethod
    def warnings(cls, request: RunRequest) -> Sequence[str]:
        """Return what the user should know before it is used as requested, in sentences: of its server, for example."""
        return ()

    def take_over(self, run: str) -> None:
        """Make `start` continue a run whose producer is dead; new tasks need new numbers, and `stop` removes all of it.

        Raises:
            UsageError: nothing of the run has outlived its producer.
        """
        name = self.traits.name
        raise UsageError(f"{name} keeps its tasks in the memory of its processes: nothing is left of run {run}")

    def find_server(self) -> None:  # noqa: B027 - local transports have none
        """Find or start the server that `start` will use, before the transport is pickled.

        A private server ends with the process that calls this, not with the run.

        Raises:
            StartError: it cannot be started.
        """

    @abstractmethod
    def start(self, workload: Workload, workers: int) -> None:
        """Start the workers, and return when each of them has reported that it is ready.

        Raises:
            StartError: a worker did not become ready.
        """

    @abstractmethod
    def submit(self, batch: Batch) -> Submission:
        """Take a batch; may block while everything is full. Each transport states what accepted means.

        Raises:
            BrokenError: nothing can be submitted any more.
        """

    def submit_task(self, task: int, payload: Any) -> Submission:
        """Take a batch of one task, as `submit` does; a transport may have a shorter way for it.

        Raises:
            BrokenError: nothing can be submitted any more.
        """
        return self.submit(Batch(task, 1, [payload]))

    @abstractmethod
    def collect(self, limit: int, timeout: float) -> Sequence[Outcomes | Done]:
        """Return up to `limit` messages of outcomes; wait up to `timeout` seconds for the first, and return none then.

        Raises:
            BrokenError: no outcome can come any more.
        """

    def receipts(self) -> Sequence[LateReceipt]:
        """Return what has become of unknown submissions since the last call, without waiting."""
        return ()

    def brokers(self) -> Mapping[str, str]:
        """Return name → version and settings of what it went through; known once started, and after `stop`."""
        return {}

    def processes(self) -> Mapping[str, Sequence[int]]:
        """Return the process ids of each role ("workers", "broker"); the producer is the calling process."""
        return {}

    def absent(self) -> Sequence[str]:
        """Return the dead workers that are no processes of this machine, as `collect` noticed them: "worker name"."""
        return ()

    def exits(self) -> Mapping[int, str]:
        """Return process id → how it ended ("was ended by SIGKILL"), of the workers that have ended, where known."""
        return {}

    def likely_cause(self, outstanding: int) -> str:
        """Return why no outcome comes, as far as its server shows, without a full stop; "" where it shows nothing.

        Called in the command when a run hangs, after `find_server`, on a transport that was not started there but has
        the run's name. It must not wait for longer than a few seconds, nor raise.

        Args:
            outstanding: tasks that have not come back.
        """
        return ""

    @abstractmethod
    def stop(self) -> None:
        """Leave no process, queue, key, file or socket behind; safe to call twice, and after a failed start."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
