"""echo: waits briefly and returns the number in its payload, so that values of other tasks are detected."""

from __future__ import annotations

import time
from typing import Any

from workloads.base import Workload

SECONDS = 0.002


def run(payload: list[Any]) -> int:
    """Wait without using the CPU, and return the number.

    Args:
        payload: seconds to wait, the number, and optionally one more element, which is ignored.
    """
    time.sleep(payload[0])
    number: int = payload[1]
    return number


class Echo(Workload):
    """I/O-bound: 2 ms of waiting; the right value is the number in the payload, which differs for each task."""

    name = "echo"
    reference = "workloads.echo:run"
    keeps_payloads = True
    extensible_payloads = True

    def payloads(self, tasks: int) -> list[Any]:
        """Return a waiting time in seconds and a number for each task."""
        return [[SECONDS, number] for number in range(tasks)]

    def check(self, payload: Any, value: Any) -> bool:
        """Compare with the number."""
        return bool(value == payload[1])
