"""What a worker that changes a shared counter is told, and what it tells."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from typing import NamedTuple


class UpdatePlan(NamedTuple):
    """When to add, and how often; times are nanoseconds of the monotonic clock, which is one for the whole machine.

    Attributes:
        begin: the moment at which all workers begin.
        until: when to stop.
        most: how many updates to try at most.
        samples: how many latencies to keep: those of the last updates.
    """

    begin: int
    until: int
    most: int
    samples: int


class UpdateReport(NamedTuple):
    """What one worker did.

    Attributes:
        began, ended: when, in nanoseconds of the monotonic clock.
        updates: how many were acknowledged.
        turns: between how many two of them it saw that another worker had changed the counter; None where it was killed
            before it could say so.
        retries: how often an update had to be tried again.
        reasons: why updates were given up → how many.
        latencies: of its last updates, in nanoseconds.
        broken: why it could not go on; nothing where it could.
    """

    began: int
    ended: int
    updates: int
    turns: int | None
    retries: int = 0
    reasons: Mapping[str, int] = {}
    latencies: array[int] = array("q")
    broken: str = ""
