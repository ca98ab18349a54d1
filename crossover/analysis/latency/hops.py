"""Where the time goes, over all rounds."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from crossover.results.records import Hops, Run


def hops_of(runs: Sequence[Run]) -> Hops | None:
    """Return the median over the rounds of each hop, in microseconds; None where nothing came back."""
    found = [run.hops_us for run in runs if run.hops_us]
    if not found:
        return None
    return Hops(
        submit=statistics.median(hops.submit for hops in found),
        wait=statistics.median(hops.wait for hops in found),
        execute=statistics.median(hops.execute for hops in found),
        back=statistics.median(hops.back for hops in found),
    )
