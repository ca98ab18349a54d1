"""Reads journals while their workers are still writing them."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from crossover.recording.journals.journal import DONE, RECORD, SUFFIX


def journal_pids(folder: Path) -> list[int]:
    """Return the process ids of all that have written a journal, dead ones included."""
    return [int(path.stem) for path in folder.glob(f"*{SUFFIX}")]


def event_count(folder: Path) -> int:
    """Return how many tasks have been begun and done so far, added up, in all journals of a folder."""
    with suppress(FileNotFoundError):
        return sum(path.stat().st_size for path in folder.glob(f"*{SUFFIX}")) // RECORD.size
    return 0


def is_busy(folder: Path, pid: int) -> bool:
    """Return whether the last record in a worker's journal is the beginning of a task."""
    with (folder / f"{pid}{SUFFIX}").open("rb") as file:
        records = file.seek(0, os.SEEK_END) // RECORD.size
        if not records:
            return False
        file.seek((records - 1) * RECORD.size)
        event, _ = RECORD.unpack(file.read(RECORD.size))
    return int(event) % 2 != DONE
