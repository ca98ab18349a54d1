"""spin: tasks that take a given CPU time, to test predictions for tasks of that length."""

from __future__ import annotations

import functools
import hashlib
import statistics
import time
from typing import Any

from workloads.base import Workload

BUFFER = bytes(range(256)) * 4096  # 1 MiB
LEAST, MOST = 4096, 2**40  # bytes; hashing fewer does not release the GIL
TRIES = 9  # to measure how fast this machine hashes


def run(size: int) -> str:
    """Hash a number of bytes, which uses the CPU and releases the GIL.

    Args:
        size: number of bytes, 4 KiB to 1 TiB.
    """
    digest = hashlib.sha256()
    view = memoryview(BUFFER)
    while size > 0:
        digest.update(view[:size])
        size -= len(BUFFER)
    return digest.hexdigest()


class Spin(Workload):
    """CPU-bound without the GIL, of a given length; all tasks are equal.

    Args:
        seconds: that a task takes on an idle core, about.
    """

    name = "spin"
    reference = "workloads.spin:run"
    keeps_payloads = True

    def __init__(self, seconds: float) -> None:
        self._size = min(MOST, max(LEAST, int(seconds * bytes_per_second())))
        self._right = run(self._size)

    def payloads(self, tasks: int) -> list[Any]:
        """Return the number of bytes to hash."""
        return [self._size]

    def check(self, payload: Any, value: Any) -> bool:
        """Compare with the hash that was computed once, when this workload was made."""
        return bool(value == self._right)


@functools.cache
def bytes_per_second() -> float:
    """Return how fast this process hashes: the median of some tries."""

    def tried() -> float:
        began = time.perf_counter()
        run(len(BUFFER))
        return len(BUFFER) / (time.perf_counter() - began)

    return statistics.median(tried() for _ in range(TRIES))
