"""Which deaths the tasks of a transport survive: what its documentation promises, and what was found under faults."""

from __future__ import annotations

from crossover.analysis.safety.expectation import expectation_of
from crossover.contract.safety import Safety

DEATHS = ("kill-worker-busy", "kill-producer", "kill-broker")


def survived(transport: str, level: str) -> list[str]:
    """Return the deaths in which a transport loses no task at a safety level; what is not known is left out.

    Args:
        transport: its name.
        level: the safety level.
    """
    expected = {death: expectation_of(transport, level, death) for death in DEATHS}
    return [death for death, cell in expected.items() if cell is not None and "L" not in cell.symptoms.upper()]


def survived_at_most(transport: str) -> list[str]:
    """Return the deaths in which a transport loses no task at its safest level."""
    return survived(transport, Safety.SAFE)
