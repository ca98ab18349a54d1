"""The output of a job, which is its own journal: a line in it is done, and is never run again."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from crossover.contract.errors import UsageError
from crossover.jobs.runner.numbers import Numbers

NUMBERED = re.compile(rb'^\{"line": ([1-9][0-9]{0,17}), ".*\}\n', re.MULTILINE)
NEW = ".new"  # ends the name of a file that will take the place of another
BLOCK = 2**20  # bytes that are read at once
SYNC_EVERY = 1.0  # seconds


class NotWrittenError(OSError):
    """A file of a job cannot be written any more; all that it has is whole."""


class Journal:
    """Appends whole lines to a file, and has them on the disk within a second.

    Attributes:
        done: numbers of the lines in it, and of those that need not be done.
        lines: that it had when it was opened.
        cut: bytes of a torn last line that were cut off.
        syncing: seconds that it took to have lines on the disk.

    Args:
        path: of the file.
        values: whether it has bare values, whose place is their number.

    Raises:
        OSError: it cannot be read, or written.
        UsageError: it has lines that are none of a job's.
    """

    def __init__(self, path: Path, *, values: bool = False) -> None:
        self.path = path
        self.done = Numbers()
        self.lines = self.cut = 0
        self.syncing = 0.0
        self._synced_at = time.monotonic()
        self._unsynced = False
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            self._end = self._read(values)
            size = os.fstat(self._descriptor).st_size
            if size > self._end:
                self.cut = size - self._end
                os.ftruncate(self._descriptor, self._end)
            os.fsync(self._descriptor)  # what is taken for done must be on the disk
            _sync_folder(path)
        except BaseException:
            os.close(self._descriptor)
            raise

    def append(self, lines: bytes) -> None:
        """Write whole lines.

        Raises:
            NotWrittenError: they could not be written; the last one of those that were is whole.
        """
        written = 0
        try:
            while written < len(lines):
                written += os.pwrite(self._descriptor, lines[written:] if written else lines, self._end + written)
        except OSError as error:
            whole = lines.rfind(b"\n", 0, written) + 1
            os.ftruncate(self._descriptor, self._end + whole)
            self._end += whole
            raise self._not_written(error) from error
        self._end += written
        self._unsynced = True

    def sync(self, *, now: bool = False) -> None:
        """Have all lines on the disk, if a second has passed since the last time, or at once.

        Raises:
            NotWrittenError: the disk does not take them.
        """
        if not self._unsynced or not (now or time.monotonic() - self._synced_at > SYNC_EVERY):
            return
        began = time.monotonic()
        try:
            os.fdatasync(self._descriptor)
        except OSError as error:
            raise self._not_written(error) from error
        self._synced_at = time.monotonic()
        self._unsynced = False
        self.syncing += self._synced_at - began

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)

    def _not_written(self, error: OSError) -> NotWrittenError:
        return NotWrittenError(f"{self.path} cannot be written: {error.strerror}")

    def _read(self, values: bool) -> int:  # noqa: FBT001 - by position only
        """Note the numbers of the lines; return where the last whole one ends."""
        end = 0
        for block in _blocks(self._descriptor):
            whole = _whole(block)
            lines = block.count(b"\n", 0, whole)
            places = range(self.lines + 1, self.lines + lines + 1)
            numbers = places if values else [*map(int, NUMBERED.findall(block, 0, whole))]
            if len(numbers) != lines:
                wrong = next(
                    place
                    for place, line in enumerate(block[:whole].splitlines(keepends=True), self.lines + 1)
                    if not NUMBERED.fullmatch(line)
                )
                raise UsageError(f"{self.path}, line {wrong:,} was not written by crossover run: name another -o")
            self.done.add_all(numbers)
            self.lines += lines
            end += whole
            if whole < len(block):
                break
        return end


class UnwrittenJournal(Journal):
    """A journal that is read, and not written: that of a job which is only tried.

    Args:
        path: of the file, which need not exist.
        values: whether it has bare values.
    """

    def __init__(self, path: Path, *, values: bool = False) -> None:
        self.path = path
        self.done = Numbers()
        self.lines = self.cut = 0
        self.syncing = 0.0
        if path.exists():
            self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            try:
                self._read(values)
            finally:
                os.close(self._descriptor)

    def append(self, lines: bytes) -> None:
        """Write nothing."""

    def sync(self, *, now: bool = False) -> None:
        """Write nothing."""

    def close(self) -> None:
        """It is closed."""


def number_of(line: bytes) -> int:
    """Return the number of a line of a journal."""
    return int(line[len(b'{"line": ') : line.index(b",")])


def numbers_in(path: Path) -> Numbers:
    """Return the numbers of the lines in a journal, whose last line is whole.

    Raises:
        OSError: it cannot be read.
    """
    found = Numbers()
    with path.open("rb", buffering=BLOCK) as lines:
        found.add_all(map(number_of, lines))
    return found


def replace(path: Path, lines: Iterable[bytes]) -> None:
    """Write a journal anew, as a whole or not at all.

    Raises:
        NotWrittenError: it cannot be written; it is as it was.
    """
    new = path.with_name(path.name + NEW)
    try:
        try:
            with new.open("wb", buffering=BLOCK) as stream:
                shutil.copymode(path, new)
                stream.writelines(lines)
                stream.flush()
                os.fsync(stream.fileno())
            new.replace(path)
            _sync_folder(path)
        except BaseException:
            new.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise NotWrittenError(f"{path} cannot be written: {error.strerror}") from error


def _sync_folder(path: Path) -> None:
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _blocks(descriptor: int) -> Iterator[bytes]:
    """Return the bytes of a file, up to the end of a line each time."""
    with open(descriptor, "rb", buffering=BLOCK, closefd=False) as stream:
        while block := stream.read(BLOCK):
            yield block + stream.readline()


def _whole(block: bytes) -> int:
    """Return where whole lines end: before a torn one, and before zeros, which the disk has instead of lines."""
    zeros = block.find(b"\0")
    return block.rfind(b"\n", 0, zeros if zeros >= 0 else len(block)) + 1
