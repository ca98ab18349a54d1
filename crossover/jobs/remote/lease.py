"""The lease of a queue: for how long a worker counts as alive that the server has not heard of."""

from __future__ import annotations

import re

from crossover.contract.errors import UsageError

LEASE = 15.0  # seconds, where nothing else is said
SHORTEST, LONGEST = 1.0, 3_600.0  # seconds
UNITS = {"": 1, "s": 1, "m": 60}


def read_lease(text: str) -> float:
    """Return the seconds in a lease as a URL has it: 5s, 2m; a bare number is seconds.

    Raises:
        UsageError: it is no time, or too short or too long.
    """
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)([sm]?)", text.strip().lower())
    if found is None or not SHORTEST <= (seconds := float(found[1]) * UNITS[found[2]]) <= LONGEST:
        raise UsageError(
            f"lease={text} is not possible: allowed are {SHORTEST:g}s to {LONGEST / 60:g}m, as in lease=5s"
        )
    return seconds


def other_lease(name: str, theirs: float, ours: float) -> UsageError:
    """Return the error of a worker whose lease is not that of the others.

    Args:
        name: of the queue.
        theirs: of the workers that serve it, in seconds.
        ours: that was typed, in seconds.
    """
    return UsageError(
        f"the workers of queue {name} have a lease of {theirs:g} s, not {ours:g} s: type lease={theirs:g}s, or none, "
        f"or stop them first"
    )
