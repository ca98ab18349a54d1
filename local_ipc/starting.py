"""What transports that start processes have in common."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import ClassVar, Literal

from crossover.contract.options import Options
from crossover.contract.safety import IN_MEMORY, Guarantee, Safety

AT_MOST_ONCE: Mapping[Safety, Guarantee] = {Safety.FAST: IN_MEMORY, Safety.DEFAULT: IN_MEMORY}
"""The levels of a transport that has no acknowledgements: fast and default switch nothing."""

NO_SAFE_LEVEL: Mapping[Safety, str] = {
    Safety.SAFE: "tasks live in the memory of processes and die with them, and nothing is delivered again"
}


class StartOptions(Options, frozen=True):
    """How worker processes start.

    Attributes:
        start: fork, spawn or forkserver; None is this platform's default.
    """

    allowed: ClassVar[Mapping[str, str]] = {"start": "fork, spawn, forkserver"}
    start: Literal["fork", "spawn", "forkserver"] | None = None


def no_semaphores() -> str | None:
    """Return why `multiprocessing` cannot synchronise processes here, or None where it can."""
    try:
        importlib.import_module("multiprocessing.synchronize")
    except ImportError as error:
        return f"multiprocessing has no semaphores here: {error}"
    return None
