"""What was asked for on the command line, and what of it excludes what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from crossover.contract.errors import UsageError

AUTO = "auto"
LONGEST_BATCH = 60.0  # seconds from one message to the next, at a rate


class Request(NamedTuple):
    """The shared options of the command line; None where nothing was said."""

    workload: str | None
    source: str | None
    tasks: int | None
    workers: int | None
    batch: int
    window: int | None
    safety: str
    rounds: int | str  # AUTO: as many as are needed
    payloads: Sequence[int]
    seed: int
    rate: float | str | None = None  # tasks per second, or AUTO
    check: bool = False
    backlog: int | None = None
    force: bool = False  # more workers than memory seems to carry

    @property
    def typed_rate(self) -> float | None:
        """The rate, where it was typed as a number."""
        return None if isinstance(self.rate, str) else self.rate


def refuse_together(asked: Request) -> None:
    """Refuse options of which each is a comparison of its own, and those that mean nothing beside another.

    Raises:
        UsageError: two of them were typed.
    """
    kinds = {
        "--rate": asked.rate is not None,
        "--backlog": asked.backlog is not None,
        "several sizes of --payload": len(asked.payloads) > 1,
        "--check": asked.check,
    }
    typed = [kind for kind, was in kinds.items() if was]
    if len(typed) > 1:
        raise UsageError(f"{' and '.join(typed)} are comparisons of their own: give one of them")
    if asked.check and (asked.payloads or asked.workload == "payload"):
        raise UsageError("--check tries tasks that compute, with small payloads: it means nothing for -W payload")
    every = asked.batch / asked.typed_rate if asked.typed_rate else 0.0
    if every > LONGEST_BATCH:
        due = f"a batch of {asked.batch:,} at {asked.rate} tasks/s is due every {every:,.0f} s"
        raise UsageError(f"--rate: {due}; allowed: every {LONGEST_BATCH:.0f} s or more often")
    if asked.backlog is not None and asked.tasks is not None:
        raise UsageError("--backlog says how many tasks there are, and so does -n/--tasks: give one of them")
    if asked.window is not None and asked.backlog is not None:
        raise UsageError("--window means nothing beside --backlog: all tasks are outstanding")
    if asked.window is not None and asked.typed_rate is not None:
        raise UsageError("--window is for closed loop; at a rate (--rate) tasks are sent whatever is outstanding")
