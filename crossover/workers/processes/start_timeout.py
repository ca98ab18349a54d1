"""How long a start may take: until a user's module has been imported, and until every worker is ready.

Every process of a command needs to know it, those of Celery and those that are spawned, too, so a variable carries it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

OPTION = "--start-timeout"
VARIABLE = "CROSSOVER_START_TIMEOUT"  # seconds; set while a command runs in which the option was typed
DEFAULT = 60.0  # seconds


def start_timeout() -> float:
    """Return how many seconds a start may take."""
    try:
        return float(os.environ[VARIABLE])
    except (KeyError, ValueError):  # a user's function may have put anything there
        return DEFAULT


def not_within(what: str) -> str:
    """Return the sentence that something did not happen in time, and how to allow more.

    Args:
        what: that did not happen, as "a worker was not ready".
    """
    return f"{what} within {start_timeout():g} s; {OPTION} allows more"


@contextmanager
def allowing(seconds: float | None) -> Iterator[None]:
    """Allow a start another time within a block.

    Args:
        seconds: how long it may take; None: as long as before.
    """
    before = os.environ.get(VARIABLE)
    if seconds is not None:
        os.environ[VARIABLE] = f"{seconds:g}"
    try:
        yield
    finally:
        os.environ.pop(VARIABLE, None)
        if before is not None:
            os.environ[VARIABLE] = before
