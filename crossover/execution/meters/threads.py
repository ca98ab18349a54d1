"""How many threads want a core at this moment."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import psutil

RUNNING = b"R"  # runs, or would run if it had a core


def running_threads(processes: Iterable[psutil.Process]) -> int:
    """Return how many threads of these processes run or wait for a core; 0 where the kernel does not tell."""
    return sum(_running_threads(process.pid) for process in processes)


def _running_threads(pid: int) -> int:
    found = 0
    with suppress(OSError):  # it has ended
        for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 - this runs several times in each run
            with suppress(OSError):
                state = Path(f"/proc/{pid}/task/{thread}/stat").read_bytes().rpartition(b") ")[2][:1]
                found += state == RUNNING
    return found
