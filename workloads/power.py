"""power: num**num, the usual example of CPU-bound work, with numbers large enough to take a millisecond."""

from __future__ import annotations

import random
from typing import Any

from workloads.base import Workload

MODULUS = 2**61 - 1  # a prime; a remainder fits every message format
NUMBERS = range(8_500, 10_500)  # about 1 ms each on a 2020s core


def run(number: int) -> int:
    """Compute number**number in full (about 125,000 bits), then its remainder.

    Args:
        number: base and exponent.
    """
    power: int = number**number
    return power % MODULUS


class Power(Workload):
    """CPU-bound and holding the GIL; the right value comes from another algorithm, modular exponentiation.

    Args:
        seed: of the random numbers.
    """

    name = "power"
    reference = "workloads.power:run"
    keeps_payloads = True

    def __init__(self, seed: int) -> None:
        self._numbers = random.Random(seed).choices(NUMBERS, k=1_000)  # noqa: S311 - payloads, not secrets

    def payloads(self, tasks: int) -> list[Any]:
        """Return numbers between 8,500 and 10,500."""
        return self._numbers

    def check(self, payload: Any, value: Any) -> bool:
        """Compare with pow(n, n, modulus)."""
        return bool(value == pow(payload, payload, MODULUS))
