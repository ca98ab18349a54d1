"""What one run is made of, its round aside."""

from __future__ import annotations

import math
from typing import NamedTuple

from crossover.contract.registry import Address
from crossover.contract.text import byte_count
from crossover.execution.load.load import Load
from crossover.progress.progress import Step
from workloads.base import Workload
from workloads.payload import Payload


class RunSpec(NamedTuple):
    """What is measured once in each round.

    Attributes:
        label: of the transport; its runs have this label.
        address: of the transport.
        workload: what runs.
        load: tasks, workers, batch, and window or rate.
        probe: whether the run answers a side question and takes no part in the comparison.
        safety: the safety level; "": the level of the plan.
        detail: what distinguishes it from other specs with the same label, in words.
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
        """Its name in the progress."""
        if self.probe:
            return f"{self.label} ({self.workload.name})"
        if self.load.fraction is not None:
            return f"{self.label} at {self.load.fraction:.0%}"
        if self.workload.name == Payload.name:
            return f"{self.label}, {byte_count(self.workload.payload_bytes or 0)} bytes"
        return f"{self.label}, {self.detail}" if self.detail else self.label

    def with_tasks(self, tasks: int | None) -> RunSpec:
        """Return the same with a number of tasks, however long they take; None: as it is."""
        return self if tasks is None else self._replace(load=self.load._replace(tasks=tasks, seconds=math.inf))

    def step(self, number: int, rounds: int) -> Step:
        """Return a run of this spec as the progress shows it; a probe has no row of its own."""
        tasks = self.load.tasks if self.load.seconds == math.inf else 0
        return Step(self.title, number, rounds, tasks, "" if self.probe else self.title, rounds)
