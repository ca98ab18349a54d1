"""What every fault is: something that goes wrong on purpose, once in a run, and is healed."""

from __future__ import annotations

from abc import ABC
from enum import StrEnum
from typing import ClassVar

from crossover.contract.traits import Traits
from crossover.execution.faults.targets import FaultTargets
from crossover.execution.producer.defective_payload import Defect


class Moment(StrEnum):
    """When a fault strikes."""

    NEVER = "never"
    IDLE = "idle"  # when the workers are ready, before the first task
    BUSY = "busy"  # when a part of the tasks is done
    TASK = "task"  # with one particular task


class Fault(ABC):
    """Something that goes wrong once in a run.

    Attributes:
        name: of the fault on the command line.
        moment: when it strikes.
        delay: seconds that the workers must have been ready before it strikes.
        duration: seconds from the strike until it is healed.
        controls_server: whether it kills, pauses or starts the server's process, which must be private.
        fills_memory: whether it fills the server's memory.
        cuts_network: whether it cuts the network path to the server.
        defect: what is wrong with one payload.
        kills_with_task: whether one task kills each process that begins it.
    """

    name: ClassVar[str]
    moment: ClassVar[Moment] = Moment.BUSY
    delay: ClassVar[float] = 0.0
    duration: ClassVar[float] = 0.0
    controls_server: ClassVar[bool] = False
    fills_memory: ClassVar[bool] = False
    cuts_network: ClassVar[bool] = False
    defect: ClassVar[Defect | None] = None
    kills_with_task: ClassVar[bool] = False

    @property
    def strikes_server(self) -> bool:
        """Whether its target is the server, which no other run may use meanwhile."""
        return self.controls_server or self.fills_memory

    def why_not(self, traits: Traits) -> str | None:
        """Return why it makes no sense for a transport, or None where it does."""
        return None

    def strike(self, targets: FaultTargets) -> None:  # noqa: B027 - some faults are in a task and need no strike
        """Inject it."""

    def heal(self, targets: FaultTargets) -> None:  # noqa: B027 - some faults end with the strike
        """Undo it."""
