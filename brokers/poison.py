"""Poison messages: those that kill the workers that run them.

A worker takes several messages ahead, so after its death it is unknown which one it was running. Each of them is a
poison candidate: it is run alone, after everything else has been sent, and each attempt is counted. A message that was
merely taken ahead succeeds at its next attempt, and is never given up.
"""

from __future__ import annotations

import os
from typing import Any, NamedTuple

from crossover.contract.system import Clock
from crossover.contract.tasks import Batch, Outcomes

MOST_DELIVERIES = 3
"""How often a message is delivered at the safe level, at most. After as many workers have died of it, it becomes a dead
letter and its tasks fail. One death may be an accident, two a coincidence."""

GIVEN_UP = f"delivered {MOST_DELIVERIES} times, and each time its worker died"
GIVEN_UP_REASON = f"{GIVEN_UP}: kept aside"


class PoisonCandidate(NamedTuple):
    """A message that a dead worker had taken.

    Attributes:
        tag: what acknowledges it.
        message: as it came.
        deaths: how many workers died while they had it; from the second on, they had no other message.
    """

    tag: Any
    message: bytes
    deaths: int

    @property
    def given_up(self) -> bool:
        """Whether it must not be run again."""
        return self.deaths >= MOST_DELIVERIES


def failed_outcomes(batch: Batch, problem: str | None) -> Outcomes:
    """Return the outcomes of a message that is given up: each of its tasks has failed.

    Args:
        batch: in the message.
        problem: why the message could not be kept aside, or None.
    """
    now = Clock.monotonic_ns()
    errors = dict.fromkeys(range(batch.size), why_given_up(problem))
    return Outcomes(batch.first, batch.size, [None] * batch.size, errors, os.getpid(), now, now)


def why_given_up(problem: str | None) -> str:
    """Return why the tasks of a message have failed that is given up, and why it could not be kept aside, if so."""
    return GIVEN_UP_REASON if problem is None else not_kept(GIVEN_UP, problem)


def not_kept(reason: str, problem: str | None) -> str:
    """Return why a message is a dead letter, and why it could not be kept aside, if so."""
    return reason if problem is None else f"{reason}; it could not be kept: {problem}"
