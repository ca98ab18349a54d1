"""The verdict on a run: what became of its tasks, in the terms of Jepsen's total-queue checker (docs/safety.md)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import count, islice
from operator import mul

from crossover.contract.tasks import Receipt
from crossover.recording.history import CORRUPTED, FAILED, History
from crossover.results.records import Delivered, End, Run

PRIME = 2**64 - 59  # the largest below 2**64
GOOD_ENDINGS = {End.FINISHED, End.TIME_UP, End.INTERRUPTED}


def verdict_of_history(history: History, *, cut_off: bool = False) -> Delivered:
    """Count what became of the tasks.

    - attempted: submitted
    - accepted: the receipt is accepted
    - completed: a value came back
    - failed: an error came back, or the receipt is refused
    - lost: accepted, and nothing came back
    - duplicated: something came back more than once
    - unexpected: something came back for a task that was never attempted
    - recovered: something came back although the receipt is unknown
    - corrupted: the workload's check refused the value

    Args:
        history: of a run that has ended.
        cut_off: whether it was ended early: then what had not come back is unfinished, not lost.
    """
    attempted = history.attempted
    records = zip(history.receipts[:attempted], history.deliveries, history.marks, strict=False)
    count: Counter[str] = Counter()
    for (receipt, deliveries, marks), tasks in Counter(records).items():
        came = deliveries > 0
        failed = receipt == Receipt.REFUSED or bool(came and marks & FAILED)
        count["accepted"] += tasks * (receipt == Receipt.ACCEPTED)
        count["completed"] += tasks * (came and not failed)
        count["failed"] += tasks * failed
        count["lost"] += tasks * (receipt == Receipt.ACCEPTED and not came and not cut_off)
        count["duplicated"] += tasks * (deliveries > 1)
        count["recovered"] += tasks * (receipt == Receipt.UNKNOWN and came)
        count["corrupted"] += tasks * bool(came and marks & CORRUPTED)
    return Delivered(
        attempted=attempted,
        accepted=count["accepted"],
        completed=count["completed"],
        failed=count["failed"],
        lost=count["lost"],
        duplicated=count["duplicated"],
        unexpected=history.unexpected,
        recovered=count["recovered"],
        reordered=history.reordered,
        corrupted=count["corrupted"],
    )


def value_digest(history: History, tasks: int = 0) -> str:
    """Return 64 bits, in hexadecimal, that depend on each task's value, and not on order, batch or transport.

    It is the sum over all tasks of (2 × task + 1) × fingerprint of its value, modulo the largest 64-bit prime; a task
    without a value adds 0.

    Args:
        history: of a run.
        tasks: how many count, from the first on: as many in all runs that are compared; 0: all.
    """
    compared = islice(history.fingerprints, tasks or None)
    return f"{sum(map(mul, count(1, 2), compared)) % PRIME:016x}"


def count_differing(fingerprints: Sequence[int], reference: Sequence[int]) -> int:
    """Return how many tasks have another value than in a reference run, of the tasks with a value in both."""
    pairs = zip(fingerprints, reference, strict=False)
    return sum(1 for here, there in pairs if here != there and here and there)


def damage(run: Run) -> str:
    """Return what went wrong in a run, in words; "" if nothing did."""
    return tasks_damaged(run.delivery) or ("" if run.ending in GOOD_ENDINGS else run.ending)


def first_damage(runs: Iterable[Run]) -> str:
    """Return what went wrong in the first run in which anything did; "" if nothing did."""
    return next((found for run in runs if (found := damage(run))), "")


def tasks_damaged(delivery: Delivered) -> str:
    """Return how many tasks were lost or damaged, in words; "" if none were."""
    counts = {
        "lost": delivery.lost,
        "failed": delivery.failed,
        "corrupted": delivery.corrupted,
        "duplicated": delivery.duplicated,
        "unexpected": delivery.unexpected,
    }
    return ", ".join(f"{tasks:,} {what}" for what, tasks in counts.items() if tasks)
