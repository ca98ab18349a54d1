"""Memory that an executor and one worker share, for payloads that are too large for a pipe.

It has no name (`memfd_create`): nothing of it can be left in /dev/shm, and the kernel frees it with the last process
that has it. Call and outcome use the same memory in turn. Its first byte says whether there is one that was not read: a
worker that has the next call already sends its outcome through the pipe then.
"""

from __future__ import annotations

import mmap
import os
import struct
from multiprocessing import reduction
from typing import Any

from crossover.jobs.processes.channel import Message

SHARED = b"S"
"""The first byte of a message that says how many bytes lie in the segment."""
LARGE = 2**16  # bytes from which a message travels in the segment
KEPT = 2**24  # bytes that a segment may keep when they are not used
HEAD = 64  # bytes before the payload: one says whether it was read, the others keep it aligned
_LENGTH = struct.Struct("!cQ")


def why_no_segments() -> str | None:
    """Return why this machine has no such memory, or None if it has."""
    if not hasattr(os, "memfd_create"):
        return "shared-memory needs memory without a name (memfd_create), which this system does not have: use pool"
    return None


class Segment:
    """Memory of two processes; it grows as it is needed.

    Args:
        descriptor: of the memory; None: makes it.
    """

    def __init__(self, descriptor: int | None = None) -> None:
        self._descriptor = os.memfd_create("crossover") if descriptor is None else descriptor
        self._memory: mmap.mmap | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return _received, (reduction.DupFd(self._descriptor),)

    def write(self, message: bytes) -> bytes | None:
        """Put a message into the memory; return the short one that says so; None: there is no memory for it."""
        size = HEAD + len(message)
        try:
            if size > os.fstat(self._descriptor).st_size:
                os.posix_fallocate(self._descriptor, 0, size)  # says now that there is no memory, not by a signal later
            memory = self._mapped(size)
        except (OSError, ValueError):
            return None
        memory[HEAD:size] = message
        memory[0] = 1
        return _LENGTH.pack(SHARED, size)

    def is_free(self) -> bool:
        """Return whether everything that was written has been read."""
        return not os.fstat(self._descriptor).st_size or not self._mapped(HEAD)[0]

    def read(self, message: Message) -> memoryview:
        """Return a view of the message that a short one speaks of; release it before `done`."""
        _, size = _LENGTH.unpack(message)
        return memoryview(self._mapped(size))[HEAD:size]

    def done(self) -> None:
        """It was read: give back most of the memory, where it was much."""
        if self._memory is not None:
            self._memory[0] = 0
        if self._memory is not None and len(self._memory) > KEPT and hasattr(mmap, "MADV_REMOVE"):
            self._memory.madvise(mmap.MADV_REMOVE, KEPT)

    def close(self) -> None:
        """Give the memory back."""
        self._memory = None
        os.close(self._descriptor)

    def _mapped(self, size: int) -> mmap.mmap:
        if self._memory is None or len(self._memory) < size:
            self._memory = mmap.mmap(self._descriptor, os.fstat(self._descriptor).st_size)
        return self._memory


def _received(duplicate: Any) -> Segment:
    return Segment(duplicate.detach())
