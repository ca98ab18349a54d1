"""What became of the tasks of several runs together, as far as it is known; and what follows where none was lost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from crossover.results.records import RULE_OF_THREE, Delivered, Run


class Fates(NamedTuple):
    """Numbers of tasks.

    Attributes:
        known: a value came back, in a run that leaves no task unknown.
        lost: it was accepted, and will not come back.
        unknown: it had not come back when its run was ended early, or it is not known whether it was accepted.
    """

    known: int
    lost: int
    unknown: int

    @property
    def one_in(self) -> int | None:
        """Fewer than one in this many is lost, at 95% confidence; None where a task was lost, or too few are known."""
        return None if self.lost or self.known < RULE_OF_THREE else self.known // RULE_OF_THREE


def totals(runs: Sequence[Run], verdicts: Iterable[str]) -> dict[str, int]:
    """Return verdict on a task, as "lost" → how many tasks of all runs had it."""
    return {verdict: sum(getattr(run.delivery, verdict) for run in runs) for verdict in verdicts}


def fates_of_accepted(deliveries: Sequence[Delivered]) -> Fates:
    """Return what became of accepted tasks alone, of runs that were drained: what is not lost is done, or failed."""
    lost = sum(one.lost for one in deliveries)
    return Fates(sum(one.accepted for one in deliveries) - lost, lost, 0)


def fates(deliveries: Iterable[Delivered]) -> Fates:
    """Return what became of the tasks of several runs.

    A run of which tasks are unknown proves nothing: those that are lost are among them. So none of its tasks is known.
    """
    known = lost = unknown = 0
    for one in deliveries:
        not_known = max(0, one.attempted - one.completed - one.failed - one.lost)
        known += 0 if not_known else one.completed
        lost += one.lost
        unknown += not_known
    return Fates(known, lost, unknown)
