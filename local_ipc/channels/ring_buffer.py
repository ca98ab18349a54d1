"""A ring buffer of messages in shared memory: the bounded buffer of the textbooks, between processes.

    put ── write lock ─► [slot][slot][slot][slot] ─ read lock ──► get
             free: how many may be written    full: how many may be read

A message takes as many consecutive slots as it needs; so its size has no limit, and a large one is read while it is
still being written. The semaphores order the memory accesses: a process that has acquired `full` sees what was written
into the slot before the release.
"""

from __future__ import annotations

from multiprocessing.context import BaseContext
from typing import Any

from crossover.contract.errors import BrokenError
from local_ipc.channels.segments import create_segment

WORD = 8  # bytes of a number
POSITIONS = 2 * WORD  # bytes at the beginning: slots written, slots read
LENGTH = WORD  # bytes at the beginning of a slot: the number of bytes of the message from this slot on
PATIENCE = 10.0  # seconds within which the rest of a message must be written, or read


class RingBuffer:
    """Carries messages from many writers to many readers.

    Args:
        context: of the processes that share it.
        slots: how many slots.
        slot_bytes: payload bytes in each.

    Raises:
        StartError: there is not enough shared memory.
    """

    def __init__(self, context: BaseContext, slots: int, slot_bytes: int) -> None:
        size = self.size(slots, slot_bytes)
        self._slots = slots
        self._slot_bytes = slot_bytes
        self._stride = _stride(slot_bytes)
        self._memory = create_segment(size)
        self._writing = context.Lock()
        self._reading = context.Lock()
        self._free = context.Semaphore(slots)
        self._full = context.Semaphore(0)
        self._open_views()
        self._words[0] = self._words[1] = 0

    @staticmethod
    def size(slots: int, slot_bytes: int) -> int:
        """Return how many bytes of shared memory a ring takes."""
        return POSITIONS + slots * _stride(slot_bytes) * WORD

    def put(self, message: bytes) -> None:
        """Write a message; blocks while the ring is full.

        Raises:
            BrokenError: no process has read the rest of the message in time.
        """
        self._writing.acquire()
        try:
            self._free.acquire()
            offset = self._write_slot(message, 0)
            while offset < len(message):
                if not self._free.acquire(timeout=PATIENCE):
                    raise BrokenError("no process reads the rest of a message")
                offset = self._write_slot(message, offset)
        finally:
            self._writing.release()

    def offer(self, message: bytes, offset: int = 0) -> int:
        """Write as much of a message as there is space for, without waiting; for a buffer with one writer.

        Args:
            message: what to write.
            offset: how much of it has been written already.

        Returns:
            How much of it has been written now.
        """
        while offset < len(message) and self._free.acquire(False):
            offset = self._write_slot(message, offset)
        return offset

    def get(self) -> bytes:
        """Wait for a message.

        Raises:
            BrokenError: the writer of the message did not finish it.
        """
        self._reading.acquire()
        try:
            self._full.acquire()
            return self._read()
        finally:
            self._reading.release()

    def get_within(self, timeout: float, limit: int) -> list[bytes]:
        """Return up to `limit` messages; wait up to `timeout` seconds for the first, and return none then.

        Raises:
            BrokenError: the writer of a message did not finish it.
        """
        found: list[bytes] = []
        if not self._reading.acquire(timeout=timeout):
            return found
        try:
            more = self._full.acquire(timeout=timeout)
            while more:
                found.append(self._read())
                more = len(found) < limit and self._full.acquire(False)
        finally:
            self._reading.release()
        return found

    def close(self) -> None:
        """Free the memory."""
        self._bytes.release()
        self._words.release()
        self._memory.close()
        self._memory.unlink()

    def _read(self) -> bytes:
        """Read a message whose first slot has been acquired."""
        left, chunk = self._read_slot()
        if left <= 0:  # as of most messages
            return chunk
        chunks = [chunk]
        while left > 0:
            if not self._full.acquire(timeout=PATIENCE):
                raise BrokenError("a worker ended in the middle of a message")
            left, chunk = self._read_slot()
            chunks.append(chunk)
        return b"".join(chunks)

    def _write_slot(self, message: bytes, offset: int) -> int:
        """Fill a slot that has been acquired, and return how much of the message has been written then."""
        words = self._words
        position, left = words[0], len(message) - offset
        word = position % self._slots * self._stride + POSITIONS // WORD
        words[word] = left
        begin = (word + 1) * WORD
        if left <= self._slot_bytes:
            self._bytes[begin : begin + left] = message[offset:] if offset else message
            offset += left
        else:
            self._bytes[begin : begin + self._slot_bytes] = message[offset : offset + self._slot_bytes]
            offset += self._slot_bytes
        words[0] = position + 1
        self._full.release()
        return offset

    def _read_slot(self) -> tuple[int, bytes]:
        """Return how many bytes of a message follow in other slots (0 or less: none), and a slot's part of it."""
        words, most = self._words, self._slot_bytes
        position = words[1]
        word = position % self._slots * self._stride + POSITIONS // WORD
        left = words[word]
        begin = (word + 1) * WORD
        chunk = self._bytes[begin : begin + (most if left > most else left)].tobytes()  # noqa: FURB136 - a call less
        words[1] = position + 1
        self._free.release()
        return left - most, chunk

    def _open_views(self) -> None:
        memory = self._memory.buf
        assert memory is not None
        self._bytes = memory
        self._words = memory[: self.size(self._slots, self._slot_bytes)].cast("Q")

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name not in {"_bytes", "_words"}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._open_views()


def _stride(slot_bytes: int) -> int:
    """Return how many words there are from one slot to the next."""
    return (LENGTH + slot_bytes + WORD - 1) // WORD
