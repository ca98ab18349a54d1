"""Storage of what a run records: memory, or files, which survive when their process is killed."""

from __future__ import annotations

import mmap
import os
from array import array
from collections.abc import MutableSequence
from pathlib import Path
from typing import Any


class Memory:
    """Arrays in the memory of this process, lost when it ends."""

    def octets(self, name: str, count: int) -> bytearray:
        """Return an array of `count` numbers from 0 to 255, all 0."""
        return bytearray(count)

    def numbers(self, name: str, code: str, count: int) -> MutableSequence[Any]:
        """Return an array of `count` numbers of a type (a code of `array`), all 0."""
        return array(code, bytes(array(code).itemsize)) * count


class Files:
    """Arrays in files of a folder, mapped into memory: writing costs the same, and SIGKILL loses nothing.

    Args:
        folder: where the files are, one per name; existing ones keep their contents.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def octets(self, name: str, count: int) -> Any:
        """Return an array of `count` numbers from 0 to 255; iterate over a slice of it, which is bytes."""
        with (self._folder / name).open("a+b") as file:
            file.truncate(count)
            return mmap.mmap(file.fileno(), count)

    def numbers(self, name: str, code: str, count: int) -> Any:
        """Return an array of `count` numbers of a type (a code of `array`)."""
        return memoryview(self.octets(name, array(code).itemsize * count)).cast(code)  # type: ignore[call-overload]


IN_MEMORY = Memory()


def state_folder() -> Path:
    """Return where this user's files lie that outlive a command; it need not exist yet."""
    state = os.environ.get("XDG_STATE_HOME")
    return (Path(state) if state else Path.home() / ".local" / "state") / "crossover"
