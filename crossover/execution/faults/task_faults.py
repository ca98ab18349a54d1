"""Faults that are in a task, and the control without a fault."""

from __future__ import annotations

from crossover.execution.faults.fault import Fault, Moment
from crossover.execution.producer.defective_payload import Defect


class NoFault(Fault):
    """Nothing goes wrong: the control, which must lose nothing."""

    name = "none"
    moment = Moment.NEVER


class PoisonTask(Fault):
    """One task kills each process that begins it."""

    name = "poison-task"
    moment = Moment.TASK
    kills_with_task = True


class OversizePayload(Fault):
    """One task's payload is larger than the broker accepts, or 64 MiB where there is no limit."""

    name = "oversize-payload"
    moment = Moment.TASK
    defect = Defect.OVERSIZE


class UnpicklablePayload(Fault):
    """One task's payload cannot be pickled."""

    name = "unpicklable-payload"
    moment = Moment.TASK
    defect = Defect.UNPICKLABLE
