"""Latency percentiles over several rounds."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from crossover.results.records import Percentiles


def medians(found: Sequence[Percentiles]) -> Percentiles:
    """Return the median of each percentile over the rounds; p99.9 only where every round has it.

    Args:
        found: those of each round; at least one.
    """
    tails = [one.p999 for one in found if one.p999 is not None]
    return Percentiles(
        p50=statistics.median(one.p50 for one in found),
        p90=statistics.median(one.p90 for one in found),
        p99=statistics.median(one.p99 for one in found),
        p999=statistics.median(tails) if len(tails) == len(found) else None,
        max=statistics.median(one.max for one in found),
        mean=statistics.median(one.mean for one in found),
    )
