"""spin: tasks that take a given time of CPU, to try what was predicted for tasks of that length."""

from __future__ import annotations

import functools
import hashlib
import statistics
import time
from typing import Any

from workloads.base import Workload

BUFFER = bytes(range(256)) * 4096  # 1 MiB
LEAST, MOST = 4096, 2**40  # bytes; hashing fewer does not release the GIL
TRIES = 9  # to find out how fast this machine hashes


def run(size: int) -> str:
    """Hash so many bytes, which holds the CPU and releases the GIL.

    Args:
        size: 4 KiB to 1 TiB.
    """
    digest = hashlib.sha256()
    view = memoryview(BUFFER)
    while size > 0:
        digest.update(view[:size])
        size -= len(BUFFER)
    return digest.hexdigest()


class Spin(Workload):
    """CPU-bound without the GIL, of a given length; every task is the same.

    Args:
        seconds: how long a task takes on an idle core, about.
    """

    name = "spin"
    reference = "workloads.spin:run"

    def __init__(self, seconds: float) -> None:
        self._size = min(MOST, max(LEAST, int(seconds * bytes_per_second())))

    def payloads(self, tasks: int) -> list[Any]:
        """Return how many bytes are hashed."""
        return [self._size]

    def check(self, payload: Any, value: Any) -> bool:
        """Compare with the hash made here, once."""
        return bool(value == self._right)

    @functools.cached_property
    def _right(self) -> str:
        return run(self._size)


@functools.cache
def bytes_per_second() -> float:
    """Return how fast this process hashes: the median of some tries."""

    def tried() -> float:
        began = time.perf_counter()
        run(len(BUFFER))
        return len(BUFFER) / (time.perf_counter() - began)

    return statistics.median(tried() for _ in range(TRIES))
