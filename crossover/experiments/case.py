"""What is measured in every round."""

from __future__ import annotations

from typing import NamedTuple

from crossover.contract.registry import Address
from crossover.execution.measure import Load
from workloads.base import Workload


class Case(NamedTuple):
    """One of those that are measured in turn.

    Attributes:
        label: of the transport; its runs bear it.
        address: of the transport.
        workload: what runs.
        load: how much of it.
        probe: whether it is there to find something out beside the comparison.
    """

    label: str
    address: Address
    workload: Workload
    load: Load
    probe: bool = False
