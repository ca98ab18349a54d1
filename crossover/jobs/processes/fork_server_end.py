"""Imported by the fork server of `multiprocessing`: it removes its socket where its command was killed.

Otherwise the command does so itself; one that was killed would leave the folder of the socket, `pymp-…`, for ever.
"""

from __future__ import annotations

import atexit
import os
import socket
import stat
from contextlib import suppress
from pathlib import Path

OPEN_FILES = Path("/dev/fd")


def listening_at() -> Path | None:
    """Return the path of the socket at which this process listens."""
    for number in (int(one.name) for one in OPEN_FILES.iterdir()):
        with suppress(OSError):
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                with socket.socket(fileno=os.dup(number)) as found:
                    if found.family == socket.AF_UNIX and found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                        return Path(found.getsockname())
    return None


def remove_when_it_ends(address: Path) -> None:
    """Remove a socket, and its folder if that is empty then, when this process ends; not when a child of it does."""
    server = os.getpid()

    def remove() -> None:
        if os.getpid() == server:
            with suppress(OSError):
                address.unlink(missing_ok=True)
                address.parent.rmdir()

    atexit.register(remove)


if (address := listening_at()) is not None:
    remove_when_it_ends(address)
