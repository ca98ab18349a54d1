"""The folders of private servers: which process owns each, and which of them a crashed run has left.

A folder is ours only if it contains our marker file: one that merely has such a name may be a user's own work.
"""

from __future__ import annotations

import os
import shutil
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from brokers.servers.registry import kind_names, server_kind
from brokers.servers.warden.process_identity import ProcessIdentity, ProcessState, this_process
from brokers.servers.warden.warden import MARKER
from crossover.recording.temporary import create_folder, temporary_folders


class ServerFolder(NamedTuple):
    """The folder of a private server.

    Attributes:
        path: where it is.
        owner: the process that created it, and removes it.
        processes: of the server, as far as they have been started.
    """

    path: Path
    owner: ProcessIdentity
    processes: list[ProcessIdentity]


def create(kind: str) -> Path:
    """Create a folder for a private server of this process; only this user can enter it.

    Raises:
        OSError: it cannot be created.
    """
    path = create_folder(f"crossover-{kind}-", server_kind(kind).fits)
    (path / MARKER).write_bytes(msgspec.json.encode(this_process()) + b"\n")
    return path


def read(path: Path) -> ServerFolder | None:
    """Read the marker of a folder; None if it is not the folder of a private server of this user."""
    try:
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
            return None
        first, *lines = (path / MARKER).read_bytes().splitlines()
        owner = msgspec.json.decode(first, type=ProcessIdentity)
        numbers = [[int(word) for word in line.split()] for line in lines]
        processes = [msgspec.structs.replace(owner, pid=pid, ticks=ticks) for pid, ticks in numbers]
    except (OSError, ValueError, msgspec.MsgspecError):  # just removed; no marker, or half of one
        return None
    return ServerFolder(path, owner, processes)


def wait_for_processes(path: Path, count: int) -> list[ProcessIdentity]:
    """Return the processes of a server that answers, once its warden has written all of them down.

    Raises:
        FileNotFoundError: the server has ended.
    """
    while (found := read(path)) is not None:
        if len(found.processes) == count:
            return found.processes
        time.sleep(0.001)
    raise FileNotFoundError("it has ended")


def abandoned(state: ProcessState = ProcessState.ENDED) -> Iterator[ServerFolder]:
    """Return the folders whose owner is in a state; by default those that crashed runs have left."""
    for temporary in temporary_folders():
        for kind in kind_names():
            for path in sorted(temporary.glob(f"crossover-{kind}-*")):
                found = read(path)
                if found is not None and found.owner.state() is state:
                    yield found


def remove(folder: ServerFolder) -> str:
    """Kill what still runs of a server, remove its folder, and return in words what was done."""
    running = [process for process in folder.processes if process.state() is ProcessState.RUNNING]
    for process in running:
        process.kill()
    shutil.rmtree(folder.path, ignore_errors=True)
    ended = f", after its server was ended (process {running[-1].pid})" if running else ""
    return f"{folder.path}: " + (f"removed{ended}" if not folder.path.exists() else "cannot be removed")
