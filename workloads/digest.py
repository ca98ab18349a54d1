"""digest: hash a buffer, which releases the GIL."""

from __future__ import annotations

import functools
import hashlib
from typing import Any

from workloads.base import Workload

BUFFER = bytes(range(256)) * 4096  # 1 MiB: about 1 ms of SHA-256
VARIANTS = 64


def run(salt: int) -> str:
    """Hash a salted buffer of 1 MiB.

    Args:
        salt: hashed before the buffer, so that values differ; 0 to 2**64 - 1.
    """
    digest = hashlib.sha256(salt.to_bytes(8, "big"))
    digest.update(BUFFER)
    return digest.hexdigest()


class Digest(Workload):
    """CPU-bound without the GIL; the right value is the hash that the producer computed, once per salt.

    Args:
        seed: the first of 64 salts.
    """

    name = "digest"
    reference = "workloads.digest:run"
    usual_tasks = 2_000

    def __init__(self, seed: int) -> None:
        self._salts = [(seed + variant) % 2**64 for variant in range(VARIANTS)]
        self._right = functools.cache(run)

    def payloads(self, tasks: int) -> list[Any]:
        """Return salts; their hashes are computed here, so that a check is a look-up."""
        for salt in self._salts:
            self._right(salt)
        return self._salts

    def check(self, payload: Any, value: Any) -> bool:
        """Compare with the hash of the producer."""
        return bool(value == self._right(payload))
