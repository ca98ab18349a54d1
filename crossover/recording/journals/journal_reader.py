"""Reads the history of the producer and the journals of the workers into a ledger."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterator
from pathlib import Path

from crossover.contract.tasks import Receipt
from crossover.recording.history import History
from crossover.recording.journals.journal import RECORD, SUFFIX
from crossover.recording.journals.ledger import MANY, Ledger
from crossover.recording.shared_history import count_attempted

AT_ONCE = 2**16  # records that are read at once


def ledger_of(history: History, folder: Path, *, killed: bool = False) -> Ledger:
    """Return the ledger of a run.

    Args:
        history: the producer's record.
        folder: where the workers' journals are.
        killed: whether the producer was killed; then the receipt of its last message is unknown.
    """
    ledger = Ledger(history.tasks)
    attempted = count_attempted(history)
    ledger.receipts[:attempted] = history.receipts[:attempted]
    if killed and attempted:
        last = (attempted - 1) // history.batch * history.batch
        ledger.receipts[last:attempted] = bytes((Receipt.UNKNOWN,)) * (attempted - last)
    ledger.collected[:] = history.deliveries[:]
    ledger.marks[:] = history.marks[:]
    ledger.unexpected = history.unexpected
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        _read(path, ledger, attempted)
    return ledger


def records(path: Path) -> Iterator[tuple[array[int], array[int]]]:
    """Return the records of a journal, in pieces: (task × 2 + event) and times. A torn last record is ignored."""
    with path.open("rb") as file:
        while piece := file.read(RECORD.size * AT_ONCE):
            numbers = array("Q", piece[: len(piece) // RECORD.size * RECORD.size])
            if sys.byteorder == "big":
                numbers.byteswap()
            yield numbers[::2], numbers[1::2]


def _read(path: Path, ledger: Ledger, attempted: int) -> None:
    """Add the journal of one worker to a ledger. This runs for each event, so it is written for speed."""
    begun, done, first_done, most = ledger.begun, ledger.done, ledger.first_done, MANY
    latest = -1
    for events, times in records(path):
        for event, at in zip(events, times, strict=True):
            task = event >> 1
            if task >= attempted:
                ledger.unexpected += not event & 1
            elif event & 1:
                if (before := done[task]) < most:
                    done[task] = before + 1
                if not first_done[task] or at < first_done[task]:
                    first_done[task] = at
            else:
                if (before := begun[task]) < most:
                    begun[task] = before + 1
                if task < latest:
                    ledger.reordered += 1
                else:
                    latest = task
