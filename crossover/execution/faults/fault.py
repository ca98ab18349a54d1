"""What every fault is: something that happens once in a run, and is healed."""

from __future__ import annotations

from abc import ABC
from enum import StrEnum
from typing import ClassVar

from crossover.contract.transport import Transport
from crossover.execution.faults.targets import FaultTargets


class Moment(StrEnum):
    """When a fault strikes."""

    NEVER = "never"
    IDLE = "idle"  # when the workers are ready, before the first task
    BUSY = "busy"  # when a part of the tasks has been done
    TASK = "task"  # with one of the tasks


class Fault(ABC):
    """Something that happens once in a run.

    Attributes:
        name: what people call it.
        moment: when it strikes.
        after: seconds that the run must have been ready before it strikes.
        lasts: seconds from the strike until it is healed.
        server: whether a private server of its own is struck.
        way: whether the way to the server is.
        odd: what is odd about one payload (crossover/execution/producer/producer_process.py).
    """

    name: ClassVar[str]
    moment: ClassVar[Moment] = Moment.BUSY
    after: ClassVar[float] = 0.0
    lasts: ClassVar[float] = 0.0
    server: ClassVar[bool] = False
    way: ClassVar[bool] = False
    odd: ClassVar[str] = ""

    def meaningless(self, kind: type[Transport]) -> str:
        """Return why it means nothing to a transport; nothing where it does."""
        return ""

    def strike(self, scene: FaultTargets) -> None:  # noqa: B027
        """Let it happen."""

    def heal(self, scene: FaultTargets) -> None:  # noqa: B027
        """Let it be over."""
