"""What the workers are doing: each writes down when it begins and ends a batch, in memory that the command can read.

So the command knows whether a worker is inside a task, however long that takes and whether it computes, sleeps or waits
for another machine, without asking it (docs/decisions/0022-what-a-hang-is.md).
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


class Entry(NamedTuple):
    """One worker.

    Attributes:
        pid: of its process.
        thread: of the system, in which it runs tasks.
        since: when it began its batch, in nanoseconds of the monotonic clock; 0: it is not inside one.
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
        return [Entry(*numbers) for numbers in ENTRY.iter_unpack(content[: len(content) // ENTRY.size * ENTRY.size])]

    def close(self) -> None:
        """Close it; workers that have opened it can still write."""
        os.close(self._descriptor)


_here = threading.local()


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
    """Append an entry to the file; without a file, or where it cannot be opened, return a list that nobody reads."""
    path = os.environ.get(FILE)
    if path:
        with suppress(OSError, ValueError):
            descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
            try:
                os.write(descriptor, ENTRY.pack(getpid(), threading.get_native_id(), 0))
                end = os.lseek(descriptor, 0, os.SEEK_CUR)
                memory = memoryview(mmap.mmap(descriptor, end)).cast("q")
            finally:
                os.close(descriptor)
            return memory[len(memory) - 1 :]
    return [0]


def _forget() -> None:
    global _here  # noqa: PLW0603 - a forked process is another worker
    _here = threading.local()


os.register_at_fork(after_in_child=_forget)
