"""The folders of private servers: whose each of them is, and which nobody will remove any more.

A folder is ours only if its marker says so: what has a name like it may be somebody's work.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from brokers.servers.process_identity import Life, Process, this
from brokers.servers.registry import kind_names
from brokers.servers.warden import MARKER


class Marked(NamedTuple):
    """What a folder's marker says.

    Attributes:
        path: of the folder.
        owner: who made it, and removes it.
        commands: the server's processes, so far as they have been started.
    """

    path: Path
    owner: Process
    commands: list[Process]


def make(kind: str) -> Path:
    """Make a folder that only this user can enter, for a private server of this process."""
    path = Path(tempfile.mkdtemp(prefix=f"crossover-{kind}-"))
    (path / MARKER).write_bytes(msgspec.json.encode(this()) + b"\n")
    return path


def read(path: Path) -> Marked | None:
    """Return what a folder's marker says; None where it is no folder of a private server of this user."""
    try:
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
            return None
        first, *lines = (path / MARKER).read_bytes().splitlines()
        owner = msgspec.json.decode(first, type=Process)
        numbers = [[int(word) for word in line.split()] for line in lines]
        commands = [msgspec.structs.replace(owner, pid=pid, ticks=ticks) for pid, ticks in numbers]
    except (OSError, ValueError, msgspec.MsgspecError):  # it has just been removed; there is no marker, or half of one
        return None
    return Marked(path, owner, commands)


def commands(path: Path, count: int) -> list[Process]:
    """Return the processes of a server that answers; its warden may not have written all of them yet.

    Raises:
        FileNotFoundError: it has ended in the meantime.
    """
    while (found := read(path)) is not None:
        if len(found.commands) == count:
            return found.commands
        time.sleep(0.001)
    raise FileNotFoundError("it has ended")


def left(life: Life = Life.ENDED) -> Iterator[Marked]:
    """Return the folders whose owner has ended; or is elsewhere, where that is asked for."""
    for kind in kind_names():
        for path in sorted(Path(tempfile.gettempdir()).glob(f"crossover-{kind}-*")):
            found = read(path)
            if found is not None and found.owner.life() is life:
                yield found


def remove(found: Marked) -> str:
    """Remove a folder, and say so; end what still runs of its server before."""
    running = [command for command in found.commands if command.life() is Life.RUNS]
    for command in running:
        command.kill()
    shutil.rmtree(found.path, ignore_errors=True)
    ended = f", after its server was ended (process {running[-1].pid})" if running else ""
    return f"{found.path}: " + (f"removed{ended}" if not found.path.exists() else "cannot be removed")
