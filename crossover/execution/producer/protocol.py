"""What the command and a producer process send each other through a pair of sockets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from crossover.contract.transport import Transport
from crossover.execution.load.load import Load
from crossover.execution.producer.defective_payload import Defect
from crossover.recording.history import Counts
from crossover.results.records import Backlog
from crossover.results.windows import WindowPoint
from workloads.base import Workload


class ProducerSpec(NamedTuple):
    """The run that a producer process has to do: the first thing that it receives.

    Attributes:
        transport: not yet started; what it needs of a private server has been found.
        workload: what runs.
        load: how much of it.
        variables: environment variables of its processes, in addition to the command's own.
        defect: what is wrong with one payload; None: nothing.
        defective_task: the task that carries this payload.
        run: the run of a dead producer that this one takes over; empty: it starts a new one.
    """

    transport: Transport
    workload: Workload
    load: Load
    variables: Mapping[str, str] = {}
    defect: Defect | None = None
    defective_task: int = 0
    run: str = ""


class Instruction(StrEnum):
    """What the command tells a producer to do."""

    WARM_UP = "warm up"  # drive the first tasks for a moment
    RUN = "run"  # drive the load
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
    processes: Mapping[str, Sequence[int]]
    brokers: Mapping[str, str]
    redelivery: float


class Deaths(NamedTuple):
    """Workers have died, as far as the transport knows.

    Attributes:
        absent: those that are no processes of this machine, each as "worker name".
        exits: process id → how it ended, in words, of the others.
    """

    absent: Sequence[str]
    exits: Mapping[int, str]


class Failure(StrEnum):
    """What ended a loop that did not end in order."""

    BROKEN = "broken"  # the transport
    INPUT = "input"  # the workload, or its input, cannot be used
    DEFECT = "defect"  # an error of ours; its traceback is in the output


class Report(NamedTuple):
    """The loop has ended: every task is settled, it has failed, or it was told to end.

    Attributes:
        counts: of its history.
        failure: what ended it; None: nothing did.
        error: the message of what ended it.
        backlog: time and memory that the backlog took; None where the load is none.
        parts: of a sweep over windows.
    """

    counts: Counts
    failure: Failure | None = None
    error: str = ""
    backlog: Backlog | None = None
    parts: Sequence[WindowPoint] = ()


class Stopped(NamedTuple):
    """The transport has stopped, and the process ends.

    Attributes:
        brokers: as in `Ready`.
        notes: what should be known about the run, in sentences.
    """

    brokers: Mapping[str, str]
    notes: Sequence[str]
