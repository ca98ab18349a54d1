"""What is measured in every round."""

from __future__ import annotations

import math
from typing import NamedTuple

from crossover.contract.registry import Address
from crossover.execution.load.load import Load
from crossover.progress.watcher import Turn
from crossover.report.terminal.payload_sizes import size_of
from workloads.base import Workload
from workloads.payload import Payload


class Case(NamedTuple):
    """One of those that are measured in turn.

    Attributes:
        label: of the transport; its runs bear it.
        address: of the transport.
        workload: what runs.
        load: how much of it.
        probe: whether it is there to find something out beside the comparison.
        safety: its level; nothing: that of the plan.
        detail: what tells it from others of the same label, in words.
    """

    label: str
    address: Address
    workload: Workload
    load: Load
    probe: bool = False
    safety: str = ""
    detail: str = ""

    @property
    def title(self) -> str:
        """What to call it while it runs."""
        if self.probe:
            return f"{self.label} ({self.workload.name})"
        if self.load.fraction is not None:
            return f"{self.label} at {self.load.fraction:.0%}"
        if self.workload.name == Payload.name:
            return f"{self.label}, {size_of(self.workload.payload_bytes or 0)} bytes"
        return f"{self.label}, {self.detail}" if self.detail else self.label

    def turn(self, number: int, rounds: int) -> Turn:
        """Return what a run of it is for who watches; a probe has no row beside the transports."""
        tasks = self.load.tasks if self.load.seconds == math.inf else 0
        return Turn(self.title, number, rounds, tasks, "" if self.probe else self.title, rounds)
