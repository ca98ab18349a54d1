"""Which transports need more rounds: those that may still be the fastest of their group."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence

from crossover.results.conclusions.answer import TOO_NOISY
from crossover.results.conclusions.findings import Standing, Summary
from crossover.results.records import ENOUGH_ROUNDS, Run

FAR = 1.5  # times


def undecided(summaries: Sequence[Summary], rounds: Mapping[str, int]) -> set[str]:
    """Return the labels of those that need more rounds.

    These are the ones that are not told apart from the fastest of their group, and that one. The fastest of several
    groups are compared with each other, too, so each of them needs enough rounds. Where runs are damaged, or something
    else than a transport was the limit, or they are too short, more rounds would prove nothing else.

    Args:
        summaries: of the runs so far.
        rounds: label → how many rounds it has.
    """
    found = {one.transport for one in summaries if one.standing is Standing.CLOSE}
    groups = {one.group for one in summaries if one.transport in found}
    highest: dict[str, float] = {}
    for one in summaries:
        if one.standing is not Standing.DAMAGED:
            highest[one.group] = max(highest.get(one.group, 0.0), one.ci95_low)
    for one in summaries:
        if (
            one.standing is Standing.UNPROVEN
            and one.verdict.endswith(TOO_NOISY)
            and one.ci95_high >= highest[one.group]
        ):
            found.add(one.transport)
        if one.standing is Standing.FASTEST:
            few = len(summaries) > 1 and rounds.get(one.transport, 0) < ENOUGH_ROUNDS
            if few or one.group in groups:
                found.add(one.transport)
    return found


def far_behind(runs: Iterable[Run]) -> set[str]:
    """Return the labels of those that cannot be the fastest of their group, whatever noise there is.

    The best of their rounds is far below the worst of the fastest. That is no difference that is proven; but further
    rounds are better spent on the others.

    Args:
        runs: so far, of all transports.
    """
    groups: dict[str, dict[str, list[float]]] = {}
    for run in runs:
        groups.setdefault(run.guarantee.group, {}).setdefault(run.transport, []).append(run.throughput)
    found = set()
    for figures in groups.values():
        worst = min(max(figures.values(), key=statistics.median))
        found |= {label for label, own in figures.items() if max(own) * FAR < worst}
    return found
