"""Segments of shared memory: their pages exist before they are used, and their names say whose they are."""

from __future__ import annotations

import os
from multiprocessing.shared_memory import SharedMemory

from crossover.contract.errors import StartError
from crossover.recording.shared_files import FOLDER, shared_name
from crossover.workers.processes.lifetime import start_resource_tracker


def create_segment(size: int) -> SharedMemory:
    """Return new shared memory, filled with zeros.

    Args:
        size: in bytes.

    Raises:
        StartError: there is not enough.
    """
    start_resource_tracker()
    memory = SharedMemory(create=True, size=size, name=shared_name())
    try:
        # otherwise SIGBUS ends whoever first writes to a page that does not fit
        os.posix_fallocate(memory._fd, 0, size)  # type: ignore[attr-defined]  # noqa: SLF001 - SharedMemory only truncates
    except OSError as error:
        memory.close()
        memory.unlink()
        raise StartError(f"{size:,} bytes of shared memory do not fit into {FOLDER}: {error.strerror}") from error
    return memory


def check_room(size: int) -> None:
    """Check that there is room for segments that are made one after the other.

    Args:
        size: of all of them, in bytes.

    Raises:
        StartError: there is not enough.
    """
    filesystem = os.statvfs(FOLDER)
    free = filesystem.f_bavail * filesystem.f_frsize
    if size > free:
        raise StartError(f"{size:,} bytes of shared memory do not fit into {FOLDER}: {free:,} free")
