"""Storage of what a run records: memory, or a file that processes share and that survives their death."""

from __future__ import annotations

import errno
import mmap
import os
import stat
import tempfile
from array import array
from collections.abc import Iterator, MutableSequence
from contextlib import suppress
from pathlib import Path
from typing import Any

NAME = "crossover"
HOME_STATE = Path(".local", "state", NAME)


class Memory:
    """Arrays in the memory of this process, lost when it ends."""

    def octets(self, name: str, count: int) -> bytearray:
        """Return an array of `count` numbers from 0 to 255, all 0."""
        return bytearray(count)

    def numbers(self, name: str, code: str, count: int) -> MutableSequence[Any]:
        """Return an array of `count` numbers of a type (a code of `array`), all 0."""
        return array(code, bytes(array(code).itemsize)) * count


class SharedFile:
    """Arrays in a file without a name, mapped into memory: writing costs the same, and SIGKILL loses nothing.

    Processes that have its descriptor share the arrays if they make the same ones in the same order.

    Attributes:
        descriptor: of the file; it is closed by `close`, after which the arrays can still be used.

    Args:
        descriptor: of the file, as another process has sent it; None: makes a new one, in memory.
    """

    def __init__(self, descriptor: int | None = None) -> None:
        self.descriptor = file_in_memory("crossover-record") if descriptor is None else descriptor
        # whoever gets the descriptor writes: no page may have to be made while the clock runs
        self._flags = mmap.MAP_SHARED | (0 if descriptor is None else getattr(mmap, "MAP_POPULATE", 0))
        self._end = 0
        self._places: dict[str, tuple[int, int]] = {}

    def octets(self, name: str, count: int) -> Any:
        """Return an array of `count` numbers from 0 to 255; iterate over a slice of it, which is bytes."""
        begin, self._end = self._end, self._end + -(-count // mmap.ALLOCATIONGRANULARITY) * mmap.ALLOCATIONGRANULARITY
        if os.fstat(self.descriptor).st_size < self._end:
            os.truncate(self.descriptor, self._end)
        self._places[name] = begin, count
        return mmap.mmap(self.descriptor, count, self._flags, offset=begin)

    def numbers(self, name: str, code: str, count: int) -> Any:
        """Return an array of `count` numbers of a type (a code of `array`)."""
        return memoryview(self.octets(name, array(code).itemsize * count)).cast(code)  # type: ignore[call-overload]

    def save(self, folder: Path) -> None:
        """Write each array to a file of its name."""
        for name, (begin, count) in self._places.items():
            (folder / name).write_bytes(os.pread(self.descriptor, count, begin))

    def close(self) -> None:
        """Close the descriptor; safe to call twice, when its number may be that of another file."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1


def file_in_memory(name: str) -> int:
    """Return the descriptor of a new file without a name: in memory, or on the disk where the system refuses that."""
    try:
        return os.memfd_create(name)
    except OSError as error:
        if error.errno not in {errno.ENOSYS, errno.EPERM, errno.EACCES}:
            raise
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


IN_MEMORY = Memory()


def state_folder() -> Path:
    """Return where this user's files lie that outlive a command; it need not exist, nor be writable."""
    return next(state_folders(), Path(os.devnull) / NAME)  # a folder that never exists


def state_folders() -> Iterator[Path]:
    """Return the folders for this user's files that outlive a command, the best one first.

    A process without a home, as in many containers, still has a folder for temporary files.
    """
    for given, inside in (("XDG_STATE_HOME", NAME), ("HOME", HOME_STATE)):
        if Path(os.environ.get(given, "")).is_absolute():
            yield Path(os.environ[given]) / inside
    if "HOME" not in os.environ:
        with suppress(RuntimeError):  # the user has no home either
            yield Path.home() / HOME_STATE
    with suppress(OSError):
        folder = Path(tempfile.gettempdir()) / f".{NAME}-{os.getuid()}"
        if not os.path.lexists(folder) or _is_ours_alone(folder):
            yield folder


def _is_ours_alone(folder: Path) -> bool:
    """Return whether no other user can have put something there."""
    found = folder.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & stat.S_IWOTH
