"""The processes that a process has started, and those that these have started."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import psutil

from crossover.contract.system import Clock, getpid

LISTED = Path(f"/proc/self/task/{os.getpid()}/children").exists()
"""Whether this kernel lists the children of a thread; psutil must look at every process of the machine instead."""

TRACKER = ".resource_tracker import main"  # of multiprocessing; of loky, which joblib uses
KILLED_WITHIN = 2.0  # seconds
LOOK_AGAIN = 0.002  # seconds


def descendants(pid: int) -> list[psutil.Process]:
    """Return the living descendants of a process; nothing where it has ended.

    Args:
        pid: its process id.
    """
    found = []
    with suppress(psutil.NoSuchProcess):
        if not LISTED:
            return psutil.Process(pid).children(recursive=True)
        waiting = [pid]
        while waiting:
            for child in _children(waiting.pop()):
                waiting.append(child)
                with suppress(psutil.NoSuchProcess):
                    found.append(psutil.Process(child))
    return found


def end_descendants() -> None:
    """Kill the living descendants of this process, again and again until there are none; nothing where there are none.

    The resource trackers of `multiprocessing` and loky are spared: each ends when the processes that it serves have
    ended, and removes shared memory and semaphores that they have left.
    """
    deadline = Clock.monotonic() + KILLED_WITHIN
    while _has_children() and Clock.monotonic() < deadline:
        killed = [kill_unless_tracker(process) for process in descendants(getpid())]
        if not any(killed):
            return
        Clock.sleep(LOOK_AGAIN)


def kill_unless_tracker(process: psutil.Process) -> bool:
    """Kill a process; return whether that was possible: it was alive, ours, and is no resource tracker."""
    with suppress(psutil.Error):  # it has ended, or belongs to another user, as what sudo starts does
        if process.status() != psutil.STATUS_ZOMBIE and not any(TRACKER in word for word in process.cmdline()):
            process.kill()
            return True
    return False


def _has_children() -> bool:
    """Reap the children that have ended, and return whether there are others."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with suppress(OSError):  # it has ended
        for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 - this runs several times in each run
            with suppress(OSError):
                found += map(int, Path(f"/proc/{pid}/task/{thread}/children").read_bytes().split())
    return found
