"""echo: waits a little and gives back the number it was given, so that mixed-up values are seen."""

from __future__ import annotations

import time
from typing import Any

from workloads.base import Workload

SECONDS = 0.002


def run(payload: list[Any]) -> int:
    """Wait without using the CPU, and return the number.

    Args:
        payload: seconds to wait, the number, and perhaps ballast that nobody looks at.
    """
    time.sleep(payload[0])
    number: int = payload[1]
    return number


class Echo(Workload):
    """I/O-bound: 2 ms of waiting; the right value is the number in the payload, another one for each task."""

    name = "echo"
    reference = "workloads.echo:run"
    extensible_payloads = True

    def payloads(self, tasks: int) -> list[Any]:
        """Return a waiting time in seconds and a number for each task."""
        return [[SECONDS, number] for number in range(tasks)]

    def check(self, payload: Any, value: Any) -> bool:
        """Compare with the number."""
        return bool(value == payload[1])
