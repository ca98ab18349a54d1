"""A cell of the safety matrix: one fault run that has to be done."""

from __future__ import annotations

import random
from typing import NamedTuple

from crossover.contract.registry import Address
from crossover.contract.safety import Safety
from crossover.execution.faults.fault import Fault, Moment
from crossover.results.safety import SafetyPlan

EARLIEST, LATEST = 0.2, 0.7  # of the tasks that are done when a fault strikes


class Cell(NamedTuple):
    """One fault run.

    Attributes:
        label: of the transport.
        address: of the transport.
        level: the safety level.
        fault: what goes wrong.
        round: which repetition.
    """

    label: str
    address: Address
    level: Safety
    fault: Fault
    round: int

    @property
    def key(self) -> tuple[str, str, str, int]:
        """What identifies it in a result."""
        return self.label, self.level.value, self.fault.name, self.round

    @property
    def title(self) -> str:
        """Its name while it runs."""
        return f"{self.label} {self.level} {self.fault.name}"

    @property
    def row(self) -> str:
        """The row of the matrix that it belongs to."""
        return f"{self.label} {self.level}"

    def strike_at(self, plan: SafetyPlan) -> int:
        """Return after how many tasks the fault strikes: random, and equal for equal seeds."""
        if self.fault.moment in {Moment.NEVER, Moment.IDLE}:
            return 0
        drawn = random.Random(f"{plan.seed} {' '.join(map(str, self.key))}")  # noqa: S311 - not for secrets
        return int(plan.tasks * drawn.uniform(EARLIEST, LATEST))
