"""What a run is at: who watches it is told."""

from __future__ import annotations

from enum import StrEnum


class Phase(StrEnum):
    """The parts of a run, in their order."""

    STARTING = "starting"
    WARMING_UP = "warming up"
    MEASURING = "measuring"
