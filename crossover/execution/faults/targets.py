"""What a fault strikes: a subject at work, the server behind it, the way between them."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Protocol

import psutil

from crossover.execution.producer.producer_handle import ProducerHandle
from crossover.recording.journal import DONE, RECORD, SUFFIX

TRIES = 200  # to catch a worker at work


class FillableServer(Protocol):
    """A server whose memory can be full."""

    def fill(self) -> None:
        """Let its memory be full."""

    def relieve(self) -> None:
        """Let it have room again."""


class ControllableServer(FillableServer, Protocol):
    """A private server that can be struck."""

    def kill(self) -> None:
        """SIGKILL it."""

    def restart(self) -> None:
        """Start it again on its data."""

    def pause(self) -> None:
        """SIGSTOP all of it."""

    def resume(self) -> None:
        """SIGCONT all of it."""


class NetworkPath(Protocol):
    """What lies between a subject and its server."""

    def cut(self) -> None:
        """Let nothing through any more, without a word."""

    def restore(self) -> None:
        """Reset every connection, and let new ones through."""


class FaultTargets(NamedTuple):
    """What can be struck.

    Attributes:
        subject: the producer and its workers.
        folder: of the workers' journals.
        server: the server behind it, where it is ours.
        memory: what can be filled.
        way: what lies between, where there is a network.
    """

    subject: ProducerHandle
    folder: Path
    server: ControllableServer | None = None
    memory: FillableServer | None = None
    way: NetworkPath | None = None

    def workers(self) -> Sequence[int]:
        """Return the process ids of the workers that have begun something, and live."""
        return journal_keepers(self.subject, self.folder)

    def kill_busy(self) -> bool:
        """SIGKILL a worker that is surely in the middle of a task: stopped, looked at, killed. Say whether one was."""
        for _ in range(TRIES):
            for pid in self.workers():
                with suppress(ProcessLookupError, psutil.NoSuchProcess):
                    os.kill(pid, signal.SIGSTOP)
                    caught = _stands_still(pid) and is_busy(self.folder, pid)
                    os.kill(pid, signal.SIGKILL if caught else signal.SIGCONT)
                    if caught:
                        return True
            time.sleep(0.001)
        return False


def _stands_still(pid: int) -> bool:
    """Wait until a process has stopped: what it was just writing down is written then."""
    for _ in range(TRIES):
        if psutil.Process(pid).status() == psutil.STATUS_STOPPED:
            return True
        time.sleep(0.0005)
    return False


def journal_keepers(subject: ProducerHandle, folder: Path) -> Sequence[int]:
    """Return the process ids of a subject, and of what it has started, that keep a journal and live."""
    alive = {process.pid for process in subject.family()} | ({subject.pid} if subject.alive else set())
    return [pid for path in folder.glob(f"*{SUFFIX}") if (pid := int(path.stem)) in alive]


def is_busy(folder: Path, pid: int) -> bool:
    """Say whether the last thing that a worker wrote down is that it has begun something."""
    with (folder / f"{pid}{SUFFIX}").open("rb") as file:
        end = file.seek(0, os.SEEK_END) // RECORD.size
        if not end:
            return False
        file.seek((end - 1) * RECORD.size)
        event, _ = RECORD.unpack(file.read(RECORD.size))
    return int(event) % 2 != DONE
