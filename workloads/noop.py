"""noop: a task that does nothing, so that all the time is the transport's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workloads.base import Workload


def run(_payload: None) -> None:
    """Do nothing."""


class Noop(Workload):
    """Does nothing; the right value is None."""

    name = "noop"
    reference = "workloads.noop:run"
    usual_tasks = 20_000

    def payloads(self, tasks: int) -> list[Any]:
        """Return one payload: None."""
        return [None]

    def check(self, payload: Any, value: Any) -> bool:
        """Say whether the value is None."""
        return value is None

    def wrong(self, payloads: Sequence[Any], values: Sequence[Any]) -> list[int]:
        """Check a batch at once: this workload exists to show what a transport costs, not what checking costs."""
        return [] if values.count(None) == len(values) else super().wrong(payloads, values)
