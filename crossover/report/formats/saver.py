"""Saves a result while it is measured."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from crossover.recording.storage import state_folders
from crossover.report.formats import files
from crossover.report.formats.places import Place
from crossover.results.records import Record

IN_PLACE = "it is written in place, and a crash meanwhile would leave half of it"


class Saver:
    """Saves a result after each run, so that a crash loses at most one run.

    Attributes:
        saved: False where the last attempt failed. The runs go on: what they show is still worth having.

    Args:
        where: to; None, or what takes a result only once, saves nothing yet.
        complain: is told the first time that it fails, or could only be written in place.
    """

    def __init__(self, where: Place | None, complain: Callable[[str], None]) -> None:
        self._where = where if where is not None and where.keeps else None
        self._complain = complain
        self._in_place = False
        self.saved = True

    def save(self, result: Record) -> None:
        """Replace the file."""
        self._save(result, "; the runs go on")

    def save_at_last(self, result: Record) -> None:
        """Replace the file; where that fails, save what was measured in another folder of the user's."""
        self._save(result, "")
        if not self.saved and (rescued := _rescued(files.as_json(result))):
            self._complain(f"the result is in {rescued} instead")

    def _save(self, result: Record, then: str) -> None:
        if self._where is None:
            return
        try:
            reason = files.write(files.as_json(result), self._where)
        except OSError as error:
            if self.saved:
                self._complain(f"{self._where} cannot be written: {error.strerror}{then}")
            self.saved = False
            return
        self.saved = True
        if reason and not self._in_place:
            self._in_place = True
            self._complain(f"{self._where} cannot be replaced by a new file ({reason}): {IN_PLACE}")


def _rescued(text: str) -> Path | None:
    """Write a result into the first folder that takes it; return the file, or None."""
    for folder in state_folders():
        path = folder / f"unsaved-{os.getpid()}.json"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            files.write_bytes(text.encode(), path)
        except OSError:
            continue
        return path
    return None
