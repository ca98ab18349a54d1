"""Claims about pools of processes."""

from __future__ import annotations

import multiprocessing
import sys

from crossover.experiments.claims.claim import Finding, claim, main
from crossover.results.claim_verdict import ClaimVerdict


def square(number: int) -> int:
    """Return the square of a number."""
    return number * number


@claim("pool-map")
def pool_map() -> Finding:
    """Does `map` return values, and does it close the pool?"""
    numbers = [3, 1, 2]
    with multiprocessing.Pool(2) as pool:
        values = pool.map(square, numbers)
        later = pool.apply(square, (5,))  # a pool that was closed would raise ValueError
    ordered = values == [square(number) for number in numbers]
    facts = {"numbers": numbers, "values": values, "later": later}
    return Finding(ClaimVerdict.FALSE if ordered and later == square(5) else ClaimVerdict.TRUE, facts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
