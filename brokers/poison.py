"""What dead workers have left: one of it may be what they died of.

A worker takes several messages ahead, and nobody knows afterwards which one it had begun. So each of them is a suspect:
it is run alone, after everything else has been sent, and each time that is counted. What was merely taken ahead is done
the next time, and never given up.
"""

from __future__ import annotations

import os
import time
from typing import Any, NamedTuple

from brokers.broker_transport import MOST_DELIVERIES
from crossover.contract.tasks import Batch, Outcomes

REASON = f"delivered {MOST_DELIVERIES} times, and each time its worker died: kept aside"


class PoisonCandidate(NamedTuple):
    """A message that a dead worker had.

    Attributes:
        name: what acknowledges it.
        message: as it came.
        deaths: how many workers had it when they died, all but the first nothing else.
    """

    name: Any
    message: bytes
    deaths: int

    @property
    def given_up(self) -> bool:
        """Whether nobody should run it any more."""
        return self.deaths >= MOST_DELIVERIES


def given_up(batch: Batch) -> Outcomes:
    """Return what the producer is told of a message that is run no more: each of its tasks has failed."""
    now = time.monotonic_ns()
    errors = dict.fromkeys(range(batch.size), REASON)
    return Outcomes(batch.first, batch.size, [None] * batch.size, errors, os.getpid(), now, now)
