"""The contract that every transport keeps."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, ClassVar, Self

from crossover.contract.errors import UsageError
from crossover.contract.options import Options
from crossover.contract.safety import Guarantee, Safety
from crossover.contract.tasks import Batch, LateReceipt, Outcomes, Receipt
from workloads.base import Workload


class Transport(ABC):
    """Carries tasks to workers and outcomes back: the producer's side.

    A transport never times, paces, counts or prints. It is used by one thread at a time; `start` and `stop` are called
    from the thread that outlives it.

    Attributes:
        name: what people call it.
        guarantees: what it promises, for each safety level that it can give.
        refusals: why it cannot give the other levels.
        options_type: what can be set in its URL (`name://?option=value`), with defaults.
        server: what it goes through ("redis"); nothing inside one machine. Its URL has an address: `name://host:port/path`.
        worker_processes: whether its workers are processes of their own.
        worker_parent: whether those have another parent than the producer; it is named last among them.
        broker_process: whether one of its processes is a broker, without being a server.
        limit: bytes that a message may have, known once started; 0: there is no limit.
        unpaced: why tasks cannot be sent through it at a rate; nothing where they can.
        redelivery: seconds, at most, until what a dead worker held is delivered again, or said to have failed; 0: it
            never is.
        resumable: whether its tasks outlive the producer, so that another process can take a run over.
        purpose: of a private server that is not to be shared with other transports; set before `start`.
        run: what a run that can be taken over is called; known once started.
        notes: what should be known about a run in addition to its outcomes, in sentences; known after `stop`.

    Args:
        options: an instance of `options_type`.
        safety: a level in `guarantees`.
        server_address: where its server is, as in the URL; nothing: see brokers/servers/address.py.
    """

    name: ClassVar[str]
    guarantees: ClassVar[Mapping[Safety, Guarantee]]
    refusals: ClassVar[Mapping[Safety, str]]
    options_type: ClassVar[type[Options]] = Options
    server: ClassVar[str] = ""
    worker_processes: ClassVar[bool] = True
    worker_parent: ClassVar[bool] = False
    broker_process: ClassVar[bool] = False
    unpaced: ClassVar[str] = ""
    limit: int = 0
    redelivery: float = 0.0
    resumable: ClassVar[bool] = False
    purpose: str = ""
    run: str = ""
    notes: Sequence[str] = ()

    def __init__(self, options: Any, safety: Safety, server_address: str = "") -> None:
        self.options = options
        self.safety = safety
        self.server_address = server_address

    @classmethod
    def unusable(cls, server_address: str = "") -> str | None:
        """Return why this transport cannot be used on this machine, or at that server address, or None where it can."""
        return None

    def take_over(self, run: str) -> None:
        """Have `start` go on with what a run has left whose producer is dead: its tasks, its outcomes, its name.

        Tasks that are submitted afterwards need other numbers than its own. `stop` removes everything of it.

        Args:
            run: what it was called.

        Raises:
            UsageError: nothing of it has outlived its producer.
        """
        raise UsageError(f"{self.name} keeps its tasks in the memory of its processes: nothing is left of run {run}")

    @classmethod
    def unfit(cls, options: Any, workload: Workload) -> str | None:
        """Return why a workload cannot travel through this transport, with these options, or None where it can."""
        return None

    @classmethod
    def unstoppable(cls, options: Any) -> str | None:
        """Return why its workers cannot be made to stand still for a while, or None where they can."""
        return None if cls.worker_processes else "its worker is the producer's own process"

    @abstractmethod
    def start(self, workload: Workload, workers: int) -> None:
        """Start the workers, and return when every one of them has said that it is ready.

        Raises:
            StartError: a worker did not become ready.
        """

    @abstractmethod
    def submit(self, batch: Batch) -> Receipt:
        """Take a batch; may block while everything is full. Each transport says what accepted means.

        Raises:
            BrokenError: nothing can be submitted any more.
        """

    @abstractmethod
    def collect(self, limit: int, timeout: float) -> Sequence[Outcomes]:
        """Return up to `limit` messages of outcomes; wait up to `timeout` seconds for the first, and return none then.

        Raises:
            BrokenError: no outcome can come any more.
        """

    def receipts(self) -> Sequence[LateReceipt]:
        """Return what has become of pending submissions since the last call; `collect` is what waits for it."""
        return ()

    def brokers(self) -> Mapping[str, str]:
        """Return name → version and settings of what it went through; known once started, and after `stop`."""
        return {}

    def processes(self) -> Mapping[str, Sequence[int]]:
        """Return the process ids of each role ("workers", "broker"); the producer is the calling process."""
        return {}

    def absent(self) -> Sequence[str]:
        """Return who has died of those that are no processes of this machine, as "worker name".

        Another thread asks, so this only returns what `collect` has noticed.
        """
        return ()

    @abstractmethod
    def stop(self) -> None:
        """Leave no process, queue, key, file or socket behind; safe to call twice, and after a failed start."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
