"""What every shared state must do: a counter that many change at once."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, ClassVar, Self

from crossover.contract.counters import Counter
from crossover.contract.options import Options


class SharedState(ABC):
    """A counter that many change at once: the producer's side. It never times or prints.

    Attributes:
        name: what people call it.
        made_safe_by: what makes an update safe; "nothing" where nothing does.
        safe: whether it promises that no update is lost.
        without: the state that does the same without what makes this one safe; nothing where there is none.
        shared: whether its workers share anything at all.
        threads: whether its workers are threads of the producer; else they are processes.
        server: what it goes through ("redis"); nothing inside one machine.
        options_type: what can be set in its URL.

    Args:
        options: an instance of `options_type`.
        server_address: where its server is, as in the URL; nothing: see brokers/servers/address.py.
    """

    name: ClassVar[str]
    made_safe_by: ClassVar[str] = "nothing"
    safe: ClassVar[bool] = False
    without: ClassVar[str] = ""
    shared: ClassVar[bool] = True
    threads: ClassVar[bool] = False
    server: ClassVar[str] = ""
    options_type: ClassVar[type[Options]] = Options

    def __init__(self, options: Any, server_address: str = "") -> None:
        self.options = options
        self.server_address = server_address

    @classmethod
    def unusable(cls, server_address: str = "") -> str | None:
        """Return why this state cannot be used on this machine, or at that server address, or None where it can."""
        return None

    @abstractmethod
    def start(self) -> None:
        """Make the counter, at 0.

        Raises:
            UnusableError: it cannot be made.
        """

    @abstractmethod
    def counter(self) -> Counter:
        """Return a worker's side; each worker gets one of its own."""

    @abstractmethod
    def read(self) -> int:
        """Return what the counter is; waits for no worker, be it dead with the lock.

        Raises:
            BrokenError: it is gone.
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
