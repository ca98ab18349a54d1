"""mixed: waits, then computes, like most real tasks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workloads import power, sleep
from workloads.base import Workload


def run(payload: Sequence[Any]) -> int:
    """Wait, then compute.

    Args:
        payload: seconds to wait; the number for num**num.
    """
    seconds, number = payload
    sleep.run(seconds)
    return power.run(number)


class Mixed(Workload):
    """2 ms of waiting, then about 1 ms of num**num; the right value is that of `power`.

    Args:
        seed: of the random numbers.
    """

    name = "mixed"
    reference = "workloads.mixed:run"
    keeps_payloads = True
    usual_tasks = 500

    def __init__(self, seed: int) -> None:
        self._power = power.Power(seed)

    def payloads(self, tasks: int) -> list[Any]:
        """Return pairs of seconds and number."""
        return [[sleep.SECONDS, number] for number in self._power.payloads(tasks)]

    def check(self, payload: Any, value: Any) -> bool:
        """Check the computed number; waiting returns nothing."""
        return self._power.check(payload[1], value)
