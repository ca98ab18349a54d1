"""How many processes a worker has memory for."""

from __future__ import annotations

import psutil

from crossover.workers.limits import memory_limit


def room() -> int | None:
    """Return how many processes of this worker's pool fit into its container, or None where nothing limits it.

    What they share counts for each of them, so that what a function needs beside has room, too.
    """
    limit = memory_limit()
    largest = max((child.memory_info().rss for child in psutil.Process().children()), default=0)
    return limit // largest if limit and largest else None
