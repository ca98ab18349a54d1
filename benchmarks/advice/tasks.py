"""Tasks whose best way to run is known: they wait, compute with or without the GIL, copy, or are uneven."""

from __future__ import annotations

import hashlib
import time


def sleep_1ms(_item: int) -> int:
    """Wait 1 ms."""
    time.sleep(0.001)
    return 1


def sleep_10ms(_item: int) -> int:
    """Wait 10 ms."""
    time.sleep(0.010)
    return 1


def gil_10us(item: int) -> int:
    """Compute for about 10 µs."""
    return sum(range(600)) + item


def gil_1ms(item: int) -> int:
    """Compute for about 1 ms."""
    return sum(range(60_000)) + item


def no_gil_50ms(item: int) -> str:
    """Hash for about 50 ms, without the GIL."""
    return hashlib.pbkdf2_hmac("sha256", str(item).encode(), b"salt", 80_000).hex()


def large_payload(item: str) -> str:
    """Turn a text of 512 kB around."""
    return item[::-1]


def uneven(item: int) -> int:
    """Compute for 0.2 to 20 ms."""
    return sum(range(12_000 if item % 20 else 1_200_000))


def memory_bound(item: int) -> int:
    """Copy 64 MiB in memory."""
    block = bytes(32 * 2**20)
    return len(bytearray(block)) + item
