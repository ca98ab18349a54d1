"""Imported by the fork server of `multiprocessing`: it removes its socket where its command was killed.

Otherwise the command does so itself; one that was killed would leave the folder of the socket, `pymp-…`, for ever. A
command that lives needs the folder: it starts another fork server where one has ended by itself.
"""

from __future__ import annotations

import atexit
import os
import socket
import stat
import time
from contextlib import suppress
from pathlib import Path

OPEN_FILES = Path("/dev/fd")
SEEN_WITHIN = 1.0  # seconds: a process that is killed closes its files a moment before its children have another parent


def listening_at() -> Path | None:
    """Return the path of the socket at which this process listens."""
    for number in (int(one.name) for one in OPEN_FILES.iterdir()):
        with suppress(OSError):
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                with socket.socket(fileno=os.dup(number)) as found:
                    if found.family == socket.AF_UNIX and found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                        name = found.getsockname()
                        return Path(name) if isinstance(name, str) and name else None
    return None


def remove_when_it_ends(address: Path) -> None:
    """Remove a socket, and its folder if that is empty then, when this process ends because its parent has ended."""
    server, command = os.getpid(), os.getppid()

    def remove() -> None:
        if os.getpid() != server:
            return  # a child of it
        until = time.monotonic() + SEEN_WITHIN
        while (lives := os.getppid() == command) and time.monotonic() < until:
            time.sleep(SEEN_WITHIN / 100)
        if not lives:
            with suppress(OSError):
                address.unlink(missing_ok=True)
                address.parent.rmdir()

    atexit.register(remove)


with suppress(Exception):  # it would end the fork server
    if (address := listening_at()) is not None:
        remove_when_it_ends(address)
