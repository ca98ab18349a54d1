"""Every fault, by name; those that lie in a task are here."""

from __future__ import annotations

from crossover.execution.faults.broker_faults import CutNetwork, FillBrokerMemory, KillBroker, PauseBroker
from crossover.execution.faults.fault import Fault, Moment
from crossover.execution.faults.process_faults import KillBusyWorker, KillIdleWorker, KillProducer, KillWorkerParent


class NoFault(Fault):
    """Nothing happens: the control, which must lose nothing."""

    name = "none"
    moment = Moment.NEVER


class PoisonTask(Fault):
    """One task kills each process that begins it."""

    name = "poison-task"
    moment = Moment.TASK


class OversizePayload(Fault):
    """One task's payload is larger than what the broker takes; where there is no limit, it is 64 MiB."""

    name = "oversize-payload"
    moment = Moment.TASK
    odd = "oversize"


class UnpicklablePayload(Fault):
    """One task's payload cannot be pickled."""

    name = "unpicklable-payload"
    moment = Moment.TASK
    odd = "unpicklable"


KINDS = (
    NoFault,
    KillBusyWorker,
    KillIdleWorker,
    KillWorkerParent,
    KillProducer,
    KillBroker,
    PauseBroker,
    CutNetwork,
    FillBrokerMemory,
    PoisonTask,
    OversizePayload,
    UnpicklablePayload,
)
FAULTS = {kind.name: kind() for kind in KINDS}
"""Every fault, by name."""
