"""The payload of every task, without a list of all of them."""

from __future__ import annotations

from typing import Any

from workloads.base import Workload


class Payloads:
    """The payloads of a workload, repeated for all tasks.

    Attributes:
        different: the payloads before they repeat.

    Args:
        workload: makes them.
        tasks: how many tasks there are.
    """

    def __init__(self, workload: Workload, tasks: int) -> None:
        self.different = workload.payloads(tasks)
        workload.expect(self.different[:tasks])

    def of(self, first: int, count: int) -> list[Any]:
        """Return the payloads of `count` tasks from `first` on."""
        different = self.different
        begin = first % len(different)
        if count == 1:
            return [different[begin]]
        if begin + count > len(different):
            different = different * ((begin + count) // len(different) + 1)
        return different[begin : begin + count]
