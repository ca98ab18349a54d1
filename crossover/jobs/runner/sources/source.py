"""The lines of an input, in chunks."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from crossover.jobs.lines import JSON, TEXT
from crossover.jobs.runner.chunk import Chunk
from crossover.jobs.runner.numbers import Numbers
from workloads.custom.input_stream import opened

HEAD = 2**16  # bytes of an input by which it is known again
MOST_BYTES = 2**20  # of one chunk, unless it is one line


class Source:
    """Reads an input; it keeps no line.

    Attributes:
        form: what each line is: JSON, TEXT.
        size: bytes of the file; None: it is not known.
        head: SHA-256 of its beginning.
        ended: whether it was read to its end.

    Args:
        path: of the file; "-": standard input.
        text: whether lines are text, not JSON.
    """

    def __init__(self, path: str, *, text: bool = False) -> None:
        self.path = path
        self.form = TEXT if text else JSON
        self.size = None if path == "-" or not Path(path).is_file() else Path(path).stat().st_size
        self.head = ""
        self.ended = False
        self._lines: Iterator[bytes] = iter(())
        self._next = 1
        self._bytes_each = 1.0
        self._held = ExitStack()

    def __enter__(self) -> Self:
        """Open it.

        Raises:
            InputError: it cannot be read.
        """
        stream = self._held.enter_context(opened(self.path)).lines
        head = [stream.readline()] if self.path == "-" else stream.readlines(HEAD)
        self.head = hashlib.sha256(b"".join(head)).hexdigest()
        self._lines = itertools.chain(filter(None, head), stream)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self._held.__exit__(kind, error, trace)

    @property
    def read(self) -> int:
        """How many lines were read."""
        return self._next - 1

    def chunk(self, most: int, done: Numbers) -> Chunk | None:
        """Return the next lines that are not done, with consecutive numbers; None at the end.

        Args:
            most: lines.
            done: numbers of lines that are passed over.

        Raises:
            InputError: it cannot be read any further.
        """
        while not self.ended:
            wanted = max(1, min(most, int(MOST_BYTES / self._bytes_each)))
            first = self._next
            if first in done:
                self._pass_over(done)
                continue
            if first < done.largest:
                wanted = next((ahead for ahead in range(1, wanted) if first + ahead in done), wanted)
            lines = self._take(wanted)
            if not lines:
                break
            joined = b"".join(lines)
            self._bytes_each += (len(joined) / len(lines) - self._bytes_each) / 8
            return Chunk(first, len(lines), joined.removesuffix(b"\n"))
        return None

    def _pass_over(self, done: Numbers) -> None:
        while self._next in done and self._take(1):
            pass

    def _take(self, count: int) -> list[bytes]:
        lines = list(itertools.islice(self._lines, count))
        self._next += len(lines)
        self.ended = len(lines) < count
        return lines
