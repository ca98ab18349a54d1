"""What a job reads: what it is known by, and its lines from the beginning."""

from __future__ import annotations

import hashlib
import os
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import IO

from crossover.jobs.lines import JSON, TEXT
from crossover.jobs.runner.sources.batches import Batch, line_batches
from crossover.jobs.runner.sources.csv_rows import row_batches
from crossover.jobs.runner.sources.read_ahead import ReadAhead
from crossover.workers.standard_input import take_standard_input
from workloads.base import InputError
from workloads.custom.input_stream import is_compressed, place

STANDARD_INPUT = "-"
CSV, FOLDER = "csv", "files of a folder"
COMMA = ","
AHEAD = 2**20  # bytes of a compressed file after which what is read, and not yet decompressed, no longer counts
HEAD = 2**16  # bytes of an input by which it is known again


class Input(ABC):
    """What a job reads.

    Attributes:
        path: as typed.
        place: how messages call it.
        kind: what its lines are: JSON, TEXT, CSV, FOLDER.
        delimiter: of CSV: what stands between two cells; "": the usual one, which must be seen in the header.
        form: what workers read: JSON, TEXT.
        head: SHA-256 of its beginning, or of the names of all files.
        size: bytes of the file, or how many files; None: it is not known.
        repeatable: whether it can be read more than once.

    Args:
        path, kind, delimiter: as above.
    """

    head: str
    size: int | None
    repeatable = True

    def __init__(self, path: str, kind: str, delimiter: str = "") -> None:
        self.path, self.kind, self.delimiter = path, kind, delimiter
        self.place = place(path)
        self.form = TEXT if kind == TEXT else JSON

    @property
    def read_as(self) -> str:
        """What its lines are, in words."""
        usual = self.kind != CSV or self.delimiter in {"", COMMA}
        return self.kind if usual else f"{self.kind} with {self.delimiter!r} between cells"

    @abstractmethod
    def batches(self) -> Iterator[Batch]:
        """Return its lines."""

    def lines(self, lines: int, size: int) -> int | None:
        """Return about how many lines it has; None: that cannot be known.

        Args:
            lines: that have been read.
            size: bytes of these.
        """
        return None

    def beginning(self) -> list[bytes]:
        """Return its first lines, as far as they can be read."""
        first = next(self.batches(), [])
        return first if isinstance(first, list) else []

    @abstractmethod
    def change(self) -> str:
        """Return what has happened to it since, as in "has grown"; "" where nothing has."""

    def when_ready(self, call: Callable[[], None]) -> None:  # noqa: B027 - not abstract: most never let one wait
        """Have something called, in another thread, when there is a batch after an empty one."""


class FileInput(Input):
    """A regular file.

    Raises:
        InputError: it cannot be read.
    """

    def __init__(self, path: str, kind: str, delimiter: str = "") -> None:
        super().__init__(path, kind, delimiter)
        self._at = 0  # bytes of it that were read
        try:
            with Path(path).open("rb") as file:
                head = file.read(HEAD)
                self.head = hashlib.sha256(head).hexdigest()
                self._is_compressed = is_compressed(head)
                self._in_head = head.count(b"\n") + (not head.endswith(b"\n")), len(head)
                self._found = os.fstat(file.fileno())
        except OSError as error:
            raise InputError(f"input {path} cannot be read: {error.strerror}") from None
        self.size = self._found.st_size

    def batches(self) -> Iterator[Batch]:
        """Return its lines."""
        return _as_kind(self._batches(), self)

    def _batches(self) -> Iterator[Batch]:
        with self._opened() as file:
            for batch in line_batches(self.path, file):
                self._at = file.tell()
                yield batch

    def _opened(self) -> IO[bytes]:
        try:
            return Path(self.path).open("rb")
        except OSError as error:
            raise InputError(f"input {self.path} cannot be read: {error.strerror}") from None

    def lines(self, lines: int, size: int) -> int | None:
        """Return about how many lines the file has, from its size; of rows, and of what is compressed, a bit later."""
        if self._is_compressed or self.kind == CSV:
            if not lines or (self._is_compressed and self._at < AHEAD):
                return None
            return max(lines, round(lines * self._found.st_size / max(1, self._at)))
        seen, of = max((lines, size), self._in_head, key=lambda one: one[1])
        return max(seen, round(seen * self._found.st_size / of)) if of else 0

    def change(self) -> str:
        """Return what has happened to the file."""
        try:
            now = Path(self.path).stat()
        except OSError:
            return "was removed"
        before = self._found
        if not os.path.samestat(now, before):
            return "was replaced by another file"
        if now.st_size != before.st_size:
            what = "has grown" if now.st_size > before.st_size else "was cut"
            return f"{what} from {before.st_size:,} to {now.st_size:,} bytes"
        return "was written to" if now.st_mtime_ns != before.st_mtime_ns else ""


class PipeInput(Input):
    """Standard input, or a file that is none, such as /dev/fd/63; known by its first line.

    Raises:
        InputError: it cannot be read.
    """

    repeatable = False
    size = None

    def __init__(self, path: str, kind: str, delimiter: str = "") -> None:
        super().__init__(path, kind, delimiter)
        taken = _standard_input() if path == STANDARD_INPUT else None
        self._read = ReadAhead(_as_kind(line_batches(path, taken), self))
        self._first = self._read.wait()
        line = self._first[0] if isinstance(self._first, list) else b""
        self.head = hashlib.sha256(line).hexdigest()

    def batches(self) -> Iterator[Batch]:
        """Return its lines from the first ones on, which are kept; the others can be taken once."""
        return iter(self._read) if self._first is None else chain([self._first], self._read)

    def change(self) -> str:
        """Return "": what has been read of it is gone."""
        return ""

    def when_ready(self, call: Callable[[], None]) -> None:
        """Have something called when there is a batch."""
        self._read.when_ready = call


def _standard_input() -> IO[bytes]:
    """Return what was standard input: no function, and no program that it starts, reads a line of the job.

    Raises:
        InputError: it is closed.
    """
    if sys.stdin is None:
        raise InputError("standard input is closed")
    return open(take_standard_input(), "rb", buffering=0)  # noqa: PTH123 - a thread that may wait for ever reads it


def _as_kind(lines: Iterator[Batch], read: Input) -> Iterator[Batch]:
    return row_batches(lines, read.place, read.delimiter) if read.kind == CSV else lines
