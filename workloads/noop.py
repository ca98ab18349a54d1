"""noop: tasks that do nothing, so that only the transport takes time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workloads.base import Workload


def run(_payload: Any) -> None:
    """Do nothing."""


class Noop(Workload):
    """Does nothing; the right value is None."""

    name = "noop"
    reference = "workloads.noop:run"
    keeps_payloads = True
    usual_tasks = 20_000

    def payloads(self, tasks: int) -> list[Any]:
        """Return one payload: None."""
        return [None]

    def check(self, payload: Any, value: Any) -> bool:
        """Return whether the value is None."""
        return value is None

    def wrong(self, payloads: Sequence[Any], values: Sequence[Any]) -> list[int]:
        """Check a whole batch at once: this workload is to show what a transport costs, not what checking costs."""
        return [] if values.count(None) == len(values) else super().wrong(payloads, values)


class NoopOn(Noop):
    """Does nothing with the payloads of another workload, to show what the transport costs with such payloads.

    Args:
        workload: makes the payloads.
    """

    def __init__(self, workload: Workload) -> None:
        self._workload = workload
        self.folders = workload.folders
        self.payload_bytes = workload.payload_bytes
        self.on_this_machine = workload.on_this_machine

    def payloads(self, tasks: int) -> list[Any]:
        """Return the payloads of the workload."""
        return self._workload.payloads(tasks)
