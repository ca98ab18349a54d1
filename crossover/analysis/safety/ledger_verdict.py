"""The verdict on a ledger (history and journals), in the terms of Jepsen's total-queue checker (docs/safety.md)."""

from __future__ import annotations

from collections import Counter

from crossover.contract.tasks import Receipt
from crossover.recording.history import CORRUPTED, FAILED
from crossover.recording.journals.ledger import NOT_ATTEMPTED, Ledger
from crossover.results.records import Delivered
from crossover.results.safety import SafetyRun


def verdict_of_ledger(ledger: Ledger) -> Delivered:
    """Count what became of the tasks.

    - attempted: submitted
    - accepted: the receipt is accepted
    - completed: done, and not known to have failed
    - failed: the receipt is refused, or the outcome is an error
    - lost: accepted, never done, and no error came back
    - duplicated: done more than once
    - begun_again: begun more than once
    - uncollected: done, and no outcome came back
    - unexpected: begun or collected, but never attempted
    - recovered: done although the receipt is unknown
    - reordered: begun after a later task by the same worker
    - corrupted: the workload's check refused the value
    """
    found: Counter[str] = Counter()
    columns = zip(ledger.receipts, ledger.begun, ledger.done, ledger.collected, ledger.marks, strict=True)
    for (receipt, begun, done, collected, marks), tasks in Counter(columns).items():
        if receipt == NOT_ATTEMPTED:
            continue
        failed = receipt == Receipt.REFUSED or bool(collected and marks & FAILED)
        found["attempted"] += tasks
        found["accepted"] += tasks * (receipt == Receipt.ACCEPTED)
        found["completed"] += tasks * (done > 0 and not failed)
        found["failed"] += tasks * failed
        found["lost"] += tasks * (receipt == Receipt.ACCEPTED and not done and not failed)
        found["duplicated"] += tasks * (done > 1)
        found["begun_again"] += tasks * (begun > 1)
        found["uncollected"] += tasks * (done > 0 and not collected)
        found["recovered"] += tasks * (receipt == Receipt.UNKNOWN and done > 0)
        found["corrupted"] += tasks * bool(collected and marks & CORRUPTED)
    names = ("attempted", "accepted", "completed", "failed", "lost", "duplicated", "recovered", "corrupted")
    return Delivered(
        **{name: found[name] for name in (*names, "begun_again", "uncollected")},
        unexpected=ledger.unexpected,
        reordered=ledger.reordered,
    )


def recovery_seconds(ledger: Ledger, attempted: int, struck: int) -> float | None:
    """Return the seconds from a fault until everything that had been accepted before it was done.

    Args:
        ledger: of the fault run.
        attempted: how many tasks had been submitted.
        struck: time of the fault, in nanoseconds of the monotonic clock.

    Returns:
        None if something was never done.
    """
    last = struck
    for at, receipt in zip(ledger.first_done[:attempted], ledger.receipts, strict=False):
        if at > last:
            last = at
        elif not at and receipt == Receipt.ACCEPTED:
            return None
    return (last - struck) / 1e9


def in_words(run: SafetyRun) -> str:
    """Return what came out of a cell, in a few words."""
    counts = {"lost": run.delivery.lost, "duplicated": run.delivery.duplicated}
    found = [f"{count} {what}" for what, count in counts.items() if count]
    found += [what for what, seen in (("hung", run.hung), ("error", run.error)) if seen]
    return ", ".join(found) or "no harm"
