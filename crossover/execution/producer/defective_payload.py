"""One payload that is too large, or cannot be pickled; made in the producer, since it could not be sent there."""

from __future__ import annotations

import threading
from enum import StrEnum
from typing import Any

from workloads.base import Workload

LARGE = 64 * 2**20  # bytes of an oversize payload where the transport has no limit


class Defect(StrEnum):
    """What is wrong with the payload."""

    OVERSIZE = "oversize"
    UNPICKLABLE = "unpicklable"


def with_defective_payload(workload: Workload, tasks: int, defect: Defect, task: int, limit: int) -> Workload:
    """Return the workload with one defective payload.

    Args:
        workload: its payloads are lists that may have one more element; it is changed.
        tasks: how many payloads there are.
        defect: what is wrong with the payload.
        task: that carries it.
        limit: of the transport, in bytes; 0: none.
    """
    payloads = workload.payloads(tasks)
    addition = bytes(limit or LARGE) if defect is Defect.OVERSIZE else threading.Lock()
    payloads[task] = [*payloads[task], addition]

    def replaced(tasks: int) -> list[Any]:
        return payloads[:tasks]

    workload.payloads = replaced  # type: ignore[method-assign]
    return workload
