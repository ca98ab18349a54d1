"""payload: bytes both ways, to show what their size costs."""

from __future__ import annotations

import random
from typing import Any

from workloads.base import InputError, Workload

LARGEST = 64 * 2**20
USUAL_BYTES = 256 * 2**20  # in one run
MOST_DIFFERENT = 4_096  # payloads


def run(payload: bytes) -> bytes:
    """Return the payload.

    Args:
        payload: 0 B to 64 MiB.
    """
    return payload


class Payload(Workload):
    """Returns bytes that do not compress; the right value is the payload.

    Args:
        size: bytes in each payload, 0 to 64 MiB.
        seed: of the random bytes.

    Raises:
        InputError: the size is out of range.
    """

    name = "payload"
    reference = "workloads.payload:run"
    keeps_payloads = True

    def __init__(self, size: int, seed: int) -> None:
        if not 0 <= size <= LARGEST:
            raise InputError(f"a payload of {size:,} bytes is not possible; allowed: 0 to {LARGEST:,} (64 MiB)")
        self.payload_bytes = size
        self.usual_tasks = min(10_000, max(8, USUAL_BYTES // max(1, size)))
        self._bytes = random.Random(seed).randbytes(size)  # noqa: S311 - payloads, not secrets

    def payloads(self, tasks: int) -> list[Any]:
        """Return equal payloads that are different objects: pickle writes the same object only once per batch."""
        different = min(tasks, MOST_DIFFERENT, max(1, USUAL_BYTES // max(1, len(self._bytes))))
        return [bytes(bytearray(self._bytes)) for _ in range(different)]

    def check(self, payload: Any, value: Any) -> bool:
        """Compare byte by byte."""
        return bool(value == payload)
