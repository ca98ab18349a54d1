"""What the workers are doing: each writes down when it begins and ends a batch, in memory that the command can read.

So the command knows whether a worker is inside a task, however long that takes and whether it computes, sleeps or waits
for another machine, without asking it (docs/decisions/0024-what-a-hang-is.md).
"""

from __future__ import annotations

import mmap
import os
import struct
import threading
from contextlib import suppress
from typing import NamedTuple

from crossover.contract.system import getpid
from crossover.recording.storage import file_in_memory

FILE = "CROSSOVER_ACTIVITY"
"""The environment variable that names the file, as long as its owner lives; without it nothing is written."""

ENTRY = struct.Struct("@qqq")
NUMBERS = 3  # in an entry
INSIDE = 1  # instead of a time
TOGETHER = 64  # entries that a process adds at once: each addition keeps a descriptor


class Entry(NamedTuple):
    """One worker.

    Attributes:
        pid: of its process.
        thread: of the system, in which it runs tasks.
        since: when it began its batch, in nanoseconds of the monotonic clock; INSIDE: it is inside one, and took no
            time; 0: it is not inside one.
    """

    pid: int
    thread: int
    since: int


class ActivityFile:
    """A file in memory that the workers of one run write to; they open it by its path."""

    def __init__(self) -> None:
        self._descriptor = file_in_memory("crossover-activity")

    @property
    def path(self) -> str:
        """Where other processes of this user find it, until it is closed."""
        return f"/proc/{os.getpid()}/fd/{self._descriptor}"

    def entries(self) -> list[Entry]:
        """Return one entry for each worker that has begun so far, dead ones included."""
        content = os.pread(self._descriptor, os.fstat(self._descriptor).st_size, 0)
        entries = map(Entry._make, ENTRY.iter_unpack(content[: len(content) // ENTRY.size * ENTRY.size]))
        return [entry for entry in entries if entry.pid]

    def close(self) -> None:
        """Close it; workers that have opened it can still write."""
        os.close(self._descriptor)


_here = threading.local()
_lock = threading.Lock()
_free: list[memoryview[int]] = []  # entries of this process that no thread has yet


def of_this_worker() -> list[int] | memoryview[int]:
    """Return the place, whose item 0 is a time as in `Entry.since`, of this thread; made on first use.

    Called for each message.
    """
    try:
        place: list[int] | memoryview[int] = _here.place
    except AttributeError:
        place = _here.place = _new_place()
    return place


def _new_place() -> list[int] | memoryview[int]:
    """Take an entry; without a file, or where it cannot be opened, return a list that nobody reads."""
    path = os.environ.get(FILE)
    with _lock:
        if path and not _free:
            with suppress(OSError, ValueError):
                _free.extend(_new_entries(path))
        entry = _free.pop() if _free else None
    if entry is None:
        return [0]
    entry[0], entry[1] = getpid(), threading.get_native_id()
    return entry[NUMBERS - 1 :]


def _new_entries(path: str) -> list[memoryview[int]]:
    """Append entries to the file, and return their places in memory."""
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
    try:
        os.write(descriptor, bytes(ENTRY.size * TOGETHER))
        end = os.lseek(descriptor, 0, os.SEEK_CUR)
        memory = memoryview(mmap.mmap(descriptor, end)).cast("q")  # with a descriptor of its own
    finally:
        os.close(descriptor)
    first = len(memory) - NUMBERS * TOGETHER
    return [memory[start : start + NUMBERS] for start in range(first, len(memory), NUMBERS)]


def _forget() -> None:
    global _here, _lock, _free
    _here, _lock, _free = threading.local(), threading.Lock(), []


os.register_at_fork(after_in_child=_forget)
