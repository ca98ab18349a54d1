"""The processes that a process has started, and those that these have started."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import psutil

LISTED = Path(f"/proc/self/task/{os.getpid()}/children").exists()
"""Whether this kernel lists the children of a thread; psutil must look at every process of the machine instead."""


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


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with suppress(OSError):  # it has ended
        for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 - this runs several times in each run
            with suppress(OSError):
                found += map(int, Path(f"/proc/{pid}/task/{thread}/children").read_bytes().split())
    return found
