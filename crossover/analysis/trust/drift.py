"""What all transports of a round have in common: a machine that is slower for a while says nothing of any of them."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

from crossover.results.records import Run

FEWEST = 4  # transports in a round: with fewer, the own noise of one would be taken for that of the machine


def without_drift(runs: Mapping[str, Sequence[Run]]) -> dict[str, list[float]]:
    """Return label → the throughput of its runs, as it would be if all rounds had found the machine alike.

    Each figure is divided by the factor of its round: the median, over the transports in it, of what a transport did in
    that round, as a part of its own median. Where transports are compared round by round, that factor cancels out.

    Args:
        runs: label → its runs.
    """
    middle = {label: statistics.median(run.throughput for run in rounds) for label, rounds in runs.items() if rounds}
    parts: dict[int, list[float]] = {}
    for label, rounds in runs.items():
        for run in rounds:
            if len(rounds) > 1 and middle[label] and run.throughput:
                parts.setdefault(run.round, []).append(run.throughput / middle[label])
    factors = {number: statistics.median(found) for number, found in parts.items() if len(found) >= FEWEST}
    return {label: [run.throughput / factors.get(run.round, 1.0) for run in rounds] for label, rounds in runs.items()}
