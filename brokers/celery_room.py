"""How many processes a worker has memory for."""

from __future__ import annotations

from pathlib import Path

import psutil

LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")  # of cgroups 2 and 1
NO_LIMIT = 2**60  # bytes; what version 1 says where there is none is larger


def room() -> int | None:
    """Return how many processes of this worker's pool fit into its container, or None where nothing limits it.

    What they share counts for each of them, so that what a function needs beside has room, too.
    """
    limit = _limit()
    largest = max((child.memory_info().rss for child in psutil.Process().children()), default=0)
    return limit // largest if limit and largest else None


def _limit() -> int | None:
    for path in map(Path, LIMITS):
        if path.is_file() and (said := path.read_text().strip()).isdigit() and int(said) < NO_LIMIT:
            return int(said)
    return None
