"""What a fault strikes: a subject at work, the server behind it, the way between them."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Protocol

from crossover.execution.subjects import Subject
from crossover.workers.journal import DONE, RECORD, SUFFIX

TRIES = 200  # to catch a worker at work


class Victim(Protocol):
    """A private server that can be struck."""

    def kill(self) -> None:
        """SIGKILL it."""

    def restart(self) -> None:
        """Start it again on its data."""

    def pause(self) -> None:
        """SIGSTOP all of it."""

    def resume(self) -> None:
        """SIGCONT all of it."""

    def fill(self) -> None:
        """Let its memory be full."""

    def relieve(self) -> None:
        """Let it have room again."""


class Way(Protocol):
    """What lies between a subject and its server."""

    def cut(self) -> None:
        """Let nothing through any more, without a word."""

    def heal(self) -> None:
        """Reset every connection, and let new ones through."""


class Scene(NamedTuple):
    """What can be struck.

    Attributes:
        subject: the producer and its workers.
        folder: of the workers' journals.
        server: the server behind it, where it is ours.
        way: what lies between, where there is a network.
    """

    subject: Subject
    folder: Path
    server: Victim | None = None
    way: Way | None = None

    def workers(self) -> Sequence[int]:
        """Return the process ids of the workers that have begun something."""
        return [int(path.stem) for path in self.folder.glob(f"*{SUFFIX}")]

    def kill_busy(self) -> bool:
        """SIGKILL a worker that is surely in the middle of a task: stopped, looked at, killed. Say whether one was."""
        for _ in range(TRIES):
            for pid in self.workers():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGSTOP)
                    busy = _busy(self.folder / f"{pid}{SUFFIX}")
                    os.kill(pid, signal.SIGKILL if busy else signal.SIGCONT)
                    if busy:
                        return True
            time.sleep(0.001)
        return False


def _busy(journal: Path) -> bool:
    """Say whether the last thing that a worker wrote down is that it has begun something."""
    with journal.open("rb") as file:
        end = file.seek(0, os.SEEK_END) // RECORD.size
        if not end:
            return False
        file.seek((end - 1) * RECORD.size)
        event, _ = RECORD.unpack(file.read(RECORD.size))
    return int(event) % 2 != DONE
