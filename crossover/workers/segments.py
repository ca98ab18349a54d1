"""Segments of shared memory: their pages exist before they are used, and their names say whose they are."""

from __future__ import annotations

import os
import signal
import sys
from multiprocessing import resource_tracker
from multiprocessing.shared_memory import SharedMemory

from crossover.contract.errors import StartError
from crossover.recording.shared_files import FOLDER, shared_name
from crossover.workers.lifetime import TRACKER_IS_QUIET

OUTLIVED = (signal.SIGHUP, signal.SIGQUIT)
"""Signals to a group that the resource tracker must outlive; it ignores Ctrl-C and SIGTERM by itself."""


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


def start_resource_tracker() -> None:
    """Start the process that removes what ended processes have left in memory, without its warning; see `enter`."""
    sys.warnoptions.append(TRACKER_IS_QUIET)  # which that process takes over
    try:
        before = signal.pthread_sigmask(signal.SIG_BLOCK, OUTLIVED)  # which it takes over, too
        try:
            resource_tracker.ensure_running()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
    finally:
        sys.warnoptions.remove(TRACKER_IS_QUIET)
