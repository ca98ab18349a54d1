"""The one place that writes results to files."""

from __future__ import annotations

import errno
import fcntl
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from crossover.contract.errors import UsageError
from crossover.report.descriptors import write_all
from crossover.report.formats.places import Place
from crossover.results.records import Record

NOT_REPLACEABLE = {  # by a rename; the file itself may be writable
    errno.EACCES,  # a folder that takes no new file, or a sticky one and a file of another user's
    errno.EBUSY,  # a file that is mounted, as containers do
    errno.ENAMETOOLONG,  # of the temporary file
    errno.EPERM,
    errno.EROFS,
    errno.EXDEV,
}
NO_ROOM = {errno.EDQUOT, errno.EFBIG, errno.ENOSPC}
TEMPORARY = ".crossover-"  # and eight letters: short, because a name has 255 bytes at most


@contextmanager
def claimed(*folders: Path) -> Iterator[Path]:
    """Keep a folder for ourselves for a while; it is made where it is not there, and removed where it stays empty.

    Args:
        folders: the first one that can be made is kept.

    Raises:
        UsageError: another process has it, or none can be made.
    """
    folder, descriptor = _made(folders)
    try:
        if not _lock(descriptor, folder):
            raise UsageError(f"{folder} is in use by another crossover; give this one another file (--json FILE)")
        yield folder
        with suppress(OSError):  # there is something in it
            folder.rmdir()
    finally:
        os.close(descriptor)


def _made(folders: Sequence[Path]) -> tuple[Path, int]:
    """Make the first of these folders that can be made and written to; return it, and an open descriptor of it."""
    problems: list[OSError] = []
    for folder in folders:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=folder):
                return folder, os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            problems.append(error)
    raise UsageError(f"{folders[0]} cannot be made: {problems[0].strerror}") from problems[0]


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


def write(text: str, where: Place) -> str:
    """Write a text to a place other than standard output; a file is UTF-8, whatever the terminal can show.

    Returns:
        why it could only be written in place; "" if it was not.

    Raises:
        OSError: it cannot be written.
    """
    if where.descriptor is None:
        return write_bytes(text.encode(), where.path)
    write_all(where.descriptor, text.encode())
    return ""


def write_bytes(content: bytes, path: Path) -> str:
    """Write a whole file or nothing: a reader never sees half of it, and the old one stays where the disk is full.

    A file that cannot be replaced, since it is mounted or its folder takes no new file, is written in place.

    Args:
        content: what.
        path: where; what a link points to is replaced, not the link.

    Returns:
        why it could only be written in place; "" if it was not.

    Raises:
        OSError: it cannot be written.
    """
    target = Path(os.path.realpath(path))
    if path.is_char_device():
        _overwrite(content, path)
        return ""
    try:
        _replace(content, target)
    except OSError as error:
        if error.errno not in NOT_REPLACEABLE:
            raise
        _overwrite(content, target)
        return error.strerror or str(error)
    return ""


def _replace(content: bytes, target: Path) -> None:
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=TEMPORARY)
    part = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        part.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _overwrite(content: bytes, target: Path) -> None:
    """Write into a file; the old content stays where there is no room for the new one."""
    descriptor = os.open(target, os.O_WRONLY | os.O_CLOEXEC | (0 if target.exists() else os.O_CREAT), 0o666)
    try:
        if not target.is_file():
            write_all(descriptor, content)
            return
        before = os.fstat(descriptor).st_size
        try:
            os.posix_fallocate(descriptor, 0, max(1, len(content)))
        except OSError as error:
            if error.errno in NO_ROOM:
                os.ftruncate(descriptor, before)
                raise
        write_all(descriptor, content)
        os.ftruncate(descriptor, len(content))
    finally:
        os.close(descriptor)


def _umask() -> int:
    """Return which rights new files do not get; there is no other way to read it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
