"""The file in which a worker says that it lives, and the check of it for containers."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import msgspec

from brokers.servers.warden.process_identity import ProcessIdentity, ProcessState, this_process

STALE_AFTER = 30.0  # seconds without a heartbeat


class State(msgspec.Struct, frozen=True):
    """What the file holds.

    Attributes:
        process: the worker.
        connected: whether it has its broker.
    """

    process: ProcessIdentity
    connected: bool


def default_place(transport: str, queue: str) -> Path:
    """Return where a worker of this user keeps its state, unless it is told a place."""
    words = "".join(letter if letter.isalnum() else "-" for letter in f"{transport}-{queue}")
    return Path(tempfile.gettempdir(), f"crossover-worker-{os.getuid()}-{words}.json")


class StateFile:
    """The file of one worker.

    Args:
        path: of the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._process = this_process()

    def write(self, *, connected: bool) -> None:
        """Say that the worker lives, and whether it has its broker.

        Raises:
            OSError: the file cannot be written.
        """
        descriptor, name = tempfile.mkstemp(prefix=f".{self._path.name}-", dir=self._path.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(State(self._process, connected)))
        Path(name).replace(self._path)  # a reader sees the old one or the new one

    def other_worker(self) -> int | None:
        """Return the process of another worker that lives and writes the same file; None: there is none."""
        state = _read(self._path)
        if state is None or state.process == self._process or state.process.state() is not ProcessState.RUNNING:
            return None
        return state.process.pid

    def remove(self) -> None:
        """Remove it, if it is still that of this worker."""
        state = _read(self._path)
        if state is not None and state.process == self._process:
            self._path.unlink(missing_ok=True)


class NoState(StateFile):
    """Of a worker that nobody asks for its health: it leaves no file, whatever ends it."""

    def __init__(self) -> None:
        super().__init__(Path())

    def write(self, *, connected: bool) -> None:
        """Write nothing."""

    def remove(self) -> None:
        """Remove nothing."""


def problem(path: Path) -> str | None:
    """Return why the worker that keeps its state in a file is not healthy, or None."""
    try:
        age = time.time() - path.stat().st_mtime
    except OSError:
        return f"no worker has written {path}"
    state = _read(path)
    if state is None:
        return f"{path} is not the state of a worker of this user"
    if state.process.state() is not ProcessState.RUNNING:
        return f"worker process {state.process.pid} has ended"
    if age > STALE_AFTER:
        return f"worker process {state.process.pid} has had no heartbeat for {age:,.0f} s"
    return None if state.connected else f"worker process {state.process.pid} is not connected to its broker"


def _read(path: Path) -> State | None:
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_uid != os.getuid():
                return None  # in a folder that all write to, it may be anyone's
            return msgspec.json.decode(file.read(), type=State)
    except (OSError, msgspec.MsgspecError):
        return None
