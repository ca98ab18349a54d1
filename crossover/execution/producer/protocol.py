"""What the command and a producer process send each other through a pair of sockets."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from crossover.contract.safety import Safety
from crossover.execution.load.load import Load
from crossover.execution.producer.defective_payload import Defect
from workloads.base import Workload


class ProducerSpec(NamedTuple):
    """The run that a producer process has to do: the first thing that it receives.

    Attributes:
        transport: its name or URL.
        safety: the level.
        workload: what runs.
        load: how much of it.
        folder: where the producer's record and its output go.
        defect: what is wrong with one payload; None: nothing.
        defective_task: the task that carries this payload.
        run: the run of a dead producer that this one takes over; empty: it starts a new one.
    """

    transport: str
    safety: Safety
    workload: Workload
    load: Load
    folder: Path
    defect: Defect | None = None
    defective_task: int = 0
    run: str = ""


class Command(StrEnum):
    """What the command tells a producer to do."""

    START = "start"  # submit tasks
    FINISH = "finish"  # stop the transport, and end


class StartFailed(NamedTuple):
    """The transport could not be started.

    Attributes:
        reason: why.
    """

    reason: str


class Ready(NamedTuple):
    """The workers are ready.

    Attributes:
        run: its name in the broker; empty where there is none.
        processes: role → process ids.
        brokers: name → version and settings.
        redelivery: seconds, at most, until what a dead worker held is delivered again.
    """

    run: str
    processes: dict[str, list[int]]
    brokers: dict[str, str]
    redelivery: float


class Report(NamedTuple):
    """The loop has ended: every task is settled, the transport is broken, or the producer was told to finish.

    Attributes:
        broken: whether the transport broke.
        error: its message; empty where it did not.
        reasons: why tasks failed → how many.
        unexpected: outcomes of tasks that were never submitted.
    """

    broken: bool
    error: str
    reasons: dict[str, int]
    unexpected: int


class Stopped(NamedTuple):
    """The transport has stopped, and the process ends."""
