"""The contract that every shared state keeps: a counter that several workers change at once."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, ClassVar, Self

from crossover.contract.counters import Counter
from crossover.contract.traits import RunRequest, StateTraits


class SharedState(ABC):
    """A counter that several workers change at once: the producer's side. It never times or prints.

    Attributes:
        traits: what is true of each of its runs.

    Args:
        options: an instance of `traits.options_type`.
        server_address: where its server is, as in the URL; empty: the environment's, else a private one.
    """

    traits: ClassVar[StateTraits]

    def __init__(self, options: Any, server_address: str = "") -> None:
        self.options = options
        self.server_address = server_address

    @classmethod
    def why_not(cls, request: RunRequest) -> str | None:
        """Return why this state cannot do what is requested, or None where it can."""
        return None

    @classmethod
    def warnings(cls, request: RunRequest) -> Sequence[str]:
        """Return what the user should know before it is used as requested, in sentences: of its server, for example."""
        return ()

    def find_server(self) -> None:  # noqa: B027 - local states have none
        """Find or start the server that `start` will use; it then ends with the calling process, not with the run.

        Raises:
            StartError: it cannot be started.
        """

    @abstractmethod
    def start(self) -> None:
        """Make the counter, at 0.

        Raises:
            UnusableError: it cannot be made.
        """

    @abstractmethod
    def counter(self) -> Counter:
        """Return the side of one worker."""

    @abstractmethod
    def read(self) -> int:
        """Return what the counter is; waits for no worker, not even for one that died with the lock.

        Raises:
            BrokenError: the counter is lost.
        """

    def brokers(self) -> Mapping[str, str]:
        """Return name → version and settings of what it went through; known once started, and after `stop`."""
        return {}

    def processes(self) -> Mapping[str, Sequence[int]]:
        """Return the process ids of each role that keeps the counter ("owner", "broker")."""
        return {}

    @abstractmethod
    def stop(self) -> None:
        """Leave no process, key, queue, socket or memory behind; safe to call twice, and after a failed start."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
