"""All faults, by name, in the order in which they are shown."""

from __future__ import annotations

from crossover.execution.faults.broker_faults import CutNetwork, FillBrokerMemory, KillBroker, PauseBroker
from crossover.execution.faults.process_faults import KillBusyWorker, KillIdleWorker, KillProducer, KillWorkerParent
from crossover.execution.faults.task_faults import NoFault, OversizePayload, PoisonTask, UnpicklablePayload

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
"""Name → fault."""
