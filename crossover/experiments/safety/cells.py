"""Which cells a safety matrix has, and which are left out, with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from crossover.contract.registry import Address
from crossover.contract.safety import Safety
from crossover.contract.traits import RunRequest
from crossover.execution.faults.catalogue import FAULTS
from crossover.experiments.safety.cell import Cell
from crossover.experiments.safety.fault_environments import FaultEnvironments
from crossover.results.safety import SafetyPlan, Unmeasured
from workloads.base import Workload


def cells_of(
    plan: SafetyPlan, addresses: Mapping[str, Address], workload: Workload, environments: FaultEnvironments
) -> tuple[list[Cell], list[Unmeasured]]:
    """Return the cells that can be run, in their order, and the others with the reason.

    Args:
        plan: the levels, faults and rounds.
        addresses: label → transport.
        workload: what runs.
        environments: decides whether a fault can be injected here.
    """
    cells, unmeasured = [], []
    for cell in _all_cells(plan, addresses):
        meaningless = cell.fault.why_not(cell.address.traits)
        reason = (
            meaningless
            or plan.refused.get(cell.label, {}).get(cell.level)
            or _why_not_payload(cell, workload)
            or environments.why_not(cell.address, cell.fault)
        )
        if reason is None:
            cells.append(cell)
        elif cell.round == 1:
            unmeasured.append(unmeasured_cell(cell, reason, meaningless=meaningless is not None))
    return cells, unmeasured


def unmeasured_cell(cell: Cell, reason: str, *, meaningless: bool) -> Unmeasured:
    """Return the record of a cell that is left out.

    Args:
        cell: that is left out.
        reason: why.
        meaningless: whether the fault makes no sense for the transport, on any machine.
    """
    return Unmeasured(
        transport=cell.label, safety=cell.level, fault=cell.fault.name, reason=reason, meaningless=meaningless
    )


def levels_of(address: Address, levels: Sequence[str]) -> list[Safety]:
    """Return the levels that a transport has; where fast sets what default sets, too, only default."""
    found = [Safety(level) for level in levels if not address.why_not(RunRequest(safety=Safety(level)))]
    settings = address.traits.level_settings
    if {Safety.FAST, Safety.DEFAULT} <= set(found) and settings[Safety.FAST] == settings[Safety.DEFAULT]:
        found.remove(Safety.FAST)
    return found


def _all_cells(plan: SafetyPlan, addresses: Mapping[str, Address]) -> Iterator[Cell]:
    for number in range(1, plan.rounds + 1):
        for label, address in addresses.items():
            for level in levels_of(address, plan.levels):
                for fault in plan.faults:
                    yield Cell(label, address, level, FAULTS[fault], number)


def _why_not_payload(cell: Cell, workload: Workload) -> str | None:
    """Return why the workload's payloads cannot have the fault's defect, or None."""
    if cell.fault.defect is None or workload.extensible_payloads:
        return None
    return f"payloads of the workload {workload.name} cannot be made {cell.fault.defect}; those of -W echo can"
