"""The journal of a worker: an append-only file per process, outside the transport, with one record per event.

A record is 16 bytes: task × 2 + event, and the time of the monotonic clock in nanoseconds, both little-endian. It is
written with one system call, so that SIGKILL leaves it whole or not at all.
"""

from __future__ import annotations

import os
import signal
import struct
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from crossover.contract.system import Clock, getpid

FOLDER = "CROSSOVER_JOURNAL"  # names the folder; without it nothing is written
POISON = "CROSSOVER_POISON"  # number of the task, if any, that kills the process that begins it
BEGUN, DONE = 0, 1
RECORD = struct.Struct("<QQ")
SUFFIX = ".journal"

Function = Callable[[Any], Any]


class Journal:
    """The journal of this process.

    Args:
        folder: where its file is.
        poison: number of the task that kills this process when it begins it; -1: none.
    """

    def __init__(self, folder: Path, poison: int = -1) -> None:
        path = folder / f"{getpid()}{SUFFIX}"
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._poison = poison

    def note(self, task: int, event: int) -> None:
        """Record that a task has BEGUN, or is DONE."""
        os.write(self._file, RECORD.pack(task * 2 + event, Clock.monotonic_ns()))

    def recording(self, run: Function, first: int) -> Function:
        """Return a function that does the same, and records each call as the next task.

        Args:
            run: called with one payload at a time.
            first: number of the task that is called first.
        """
        note, poison, tasks = self.note, self._poison, count(first)

        def recorded(payload: Any) -> Any:
            task = next(tasks)
            note(task, BEGUN)
            if task == poison:
                os.kill(getpid(), signal.SIGKILL)
            try:
                return run(payload)
            finally:
                note(task, DONE)

        return recorded


def _unknown() -> Journal | None:
    """Return this process's journal, and remember it; called once per process."""
    global current  # noqa: PLW0603 - one per process
    folder = os.environ.get(FOLDER)
    journal = Journal(Path(folder), int(os.environ.get(POISON, "-1"))) if folder else None
    current = lambda: journal  # noqa: E731 - as cheap as possible: called for each message
    return journal


def _forked() -> None:
    global current  # noqa: PLW0603 - a child has a journal of its own
    current = _unknown


current: Callable[[], Journal | None] = _unknown
"""Returns this process's journal, or None where none is kept."""

os.register_at_fork(after_in_child=_forked)
