"""Open descriptors that text is written to: terminals, pipes and files that the shell has opened."""

from __future__ import annotations

import fcntl
import io
import os
import select
from contextlib import suppress
from typing import IO, Any, BinaryIO, cast


class PatientWriter(io.RawIOBase):
    """Writes all of what it is given, also where another process has set the pipe or terminal not to block.

    Args:
        descriptor: open for writing; it stays open when this object is closed.
    """

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor

    def fileno(self) -> int:
        """Return the descriptor."""
        return self._descriptor

    def isatty(self) -> bool:
        """Return whether it is a terminal."""
        return os.isatty(self._descriptor)

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, content: Any, /) -> int:
        """Write all of it.

        Raises:
            OSError: it cannot be written.
        """
        write_all(self._descriptor, content)
        return len(content)


def text_writer(descriptor: int, encoding: str, *, by_line: bool, buffered: bool = True) -> io.TextIOWrapper:
    """Return a text stream that writes to a descriptor; what the encoding cannot express becomes a question mark.

    Args:
        descriptor: open for writing; it stays open when the stream is closed.
        encoding: of the text.
        by_line: whether each line is written at once.
        buffered: whether anything waits; False is what PYTHONUNBUFFERED demands.
    """
    raw = PatientWriter(descriptor)
    stream = io.BufferedWriter(raw) if buffered else cast("BinaryIO", raw)
    return io.TextIOWrapper(stream, encoding, errors="replace", line_buffering=by_line, write_through=not buffered)


def write_all(descriptor: int, content: bytes) -> None:
    """Write all bytes to a descriptor, and wait where it does not block.

    Raises:
        OSError: it cannot be written.
    """
    left = memoryview(content).cast("B")
    while left:
        try:
            left = left[os.write(descriptor, left) :]
        except BlockingIOError:
            ready = select.poll()
            ready.register(descriptor, select.POLLOUT)
            ready.poll()


def can_be_written(descriptor: int) -> bool:
    """Return whether a descriptor is open for writing."""
    try:
        return fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE != os.O_RDONLY
    except OSError:
        return False


def discard(stream: IO[str]) -> None:
    """Redirect a stream that cannot be written to the null device: flushing it at exit would fail again."""
    with suppress(OSError, ValueError):  # it has no descriptor, or none any more
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)
