"""The one place that writes results to files."""

from __future__ import annotations

import fcntl
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from crossover.contract.errors import UsageError
from crossover.results.records import Record

STANDARD_OUTPUT = "-"


def check_writable(path: str) -> None:
    """Check before a run that a result can be written.

    Args:
        path: where it will go; "-" is standard output.

    Raises:
        UsageError: it cannot be written there.
    """
    if path == STANDARD_OUTPUT:
        return
    target = Path(path)
    if target.is_dir():
        raise UsageError(f"{path} is a folder, not a file that a result can be written to")
    if target.exists() and not target.is_file():
        raise UsageError(f"{path} is not a regular file; a result can only replace one")
    if target.exists() and not os.access(target, os.W_OK):
        raise UsageError(f"{path} cannot be written: permission denied")
    try:
        with tempfile.NamedTemporaryFile(dir=target.resolve().parent):
            pass
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror} (folder {target.parent})") from error


def check_folder(path: str) -> None:
    """Check before a run that files can be written into a folder.

    Raises:
        UsageError: it is not there, or they cannot.
    """
    if not Path(path).is_dir():
        raise UsageError(f"{path} is not a folder that charts can be written to: make it first")
    try:
        with tempfile.NamedTemporaryFile(dir=path):
            pass
    except OSError as error:
        raise UsageError(f"{path} cannot be written to: {error.strerror}") from error


@contextmanager
def claimed(folder: Path) -> Iterator[Path]:
    """Keep a folder for ourselves for a while; it is made where it is not there, and removed where it stays empty.

    Raises:
        UsageError: another process has it, or it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise UsageError(f"{folder} cannot be made: {error.strerror}") from error
    try:
        if not _lock(descriptor, folder):
            raise UsageError(f"{folder} is in use by another crossover; give this one another file (--json FILE)")
        yield folder
        with suppress(OSError):  # there is something in it
            folder.rmdir()
    finally:
        os.close(descriptor)


def _lock(descriptor: int, folder: Path) -> bool:
    """Lock an open folder; return whether it is locked and still has this name."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return folder.exists() and folder.stat().st_ino == os.fstat(descriptor).st_ino


def as_json(result: Record) -> str:
    """Return a result as the JSON text of a result file."""
    return msgspec.json.format(msgspec.json.encode(result), indent=2).decode() + "\n"


def write(text: str, path: str) -> None:
    """Write a whole file or nothing: a reader never sees half of it, and the old one stays where the disk is full.

    Args:
        text: what.
        path: where; "-" is standard output.

    Raises:
        OSError: it cannot be written.
    """
    if path == STANDARD_OUTPUT:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode())  # a file is UTF-8, whatever the terminal can show
        sys.stdout.buffer.flush()
        return
    write_bytes(text.encode(), path)


def write_bytes(content: bytes, path: str) -> None:
    """Write a whole file or nothing, as `write` does.

    Args:
        content: what.
        path: where.

    Raises:
        OSError: it cannot be written.
    """
    target = Path(path).resolve()  # what a link points to is replaced, not the link
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    part = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        part.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _umask() -> int:
    """Return which rights new files do not get; there is no other way to read it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


class Saver:
    """Saves a result after each run, so that a crash loses at most one run.

    Attributes:
        saved: False where the last attempt failed. The runs go on: what they show is still worth having.

    Args:
        path: where to; None or "-" saves nothing yet.
        complain: is told the first time that it fails.
    """

    def __init__(self, path: str | None, complain: Callable[[str], None]) -> None:
        self._path = None if path == STANDARD_OUTPUT else path
        self._complain = complain
        self.saved = True

    def save(self, result: Record) -> None:
        """Replace the file."""
        if self._path is None:
            return
        try:
            write(as_json(result), self._path)
            self.saved = True
        except OSError as error:
            if self.saved:
                self._complain(f"{self._path} cannot be written: {error.strerror}; the runs go on")
            self.saved = False
