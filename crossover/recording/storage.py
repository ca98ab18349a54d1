"""Where records lie while they are written: in memory, or in files, which stay when their process is killed."""

from __future__ import annotations

import mmap
import os
from array import array
from collections.abc import MutableSequence
from pathlib import Path
from typing import Any


class Memory:
    """Room in this process's memory: the fastest, and gone with it."""

    def octets(self, name: str, count: int) -> bytearray:
        """Return room for `count` numbers from 0 to 255, all 0."""
        return bytearray(count)

    def numbers(self, name: str, code: str, count: int) -> MutableSequence[Any]:
        """Return room for `count` numbers of a type (a code of `array`), all 0."""
        return array(code, bytes(array(code).itemsize)) * count


class Files:
    """Room in files of a folder, mapped into memory: writing costs the same, and SIGKILL loses nothing.

    Args:
        folder: where the files are, one per name; those that are there keep what they hold.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def octets(self, name: str, count: int) -> Any:
        """Return room for `count` numbers from 0 to 255; a slice of it is bytes, and only that can be iterated."""
        with (self._folder / name).open("a+b") as file:
            file.truncate(count)
            return mmap.mmap(file.fileno(), count)

    def numbers(self, name: str, code: str, count: int) -> Any:
        """Return room for `count` numbers of a type (a code of `array`)."""
        return memoryview(self.octets(name, array(code).itemsize * count)).cast(code)  # type: ignore[call-overload]


IN_MEMORY = Memory()


def state_folder() -> Path:
    """Return where this user's files lie that outlive a command; it need not exist yet."""
    state = os.environ.get("XDG_STATE_HOME")
    return (Path(state) if state else Path.home() / ".local" / "state") / "crossover"
