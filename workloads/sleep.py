"""sleep: waits, as for a disk, a database or a service."""

from __future__ import annotations

import time
from typing import Any

from workloads.base import Workload

SECONDS = 0.002


def run(seconds: float) -> float:
    """Wait without using the CPU.

    Args:
        seconds: how long.
    """
    time.sleep(seconds)
    return seconds


class Sleep(Workload):
    """I/O-bound: waits; the right value is the payload, the waiting time.

    Args:
        seconds: how long each task waits.
    """

    name = "sleep"
    reference = "workloads.sleep:run"
    keeps_payloads = True

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds

    def payloads(self, tasks: int) -> list[Any]:
        """Return the waiting time of each task, in seconds."""
        return [self._seconds]

    def check(self, payload: Any, value: Any) -> bool:
        """Compare with the payload."""
        return bool(value == payload)
