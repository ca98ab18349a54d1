"""Many transports against the fastest of their group, such that chance alone rarely calls any difference."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from crossover.analysis.statistics.paired import SURE, LogRatio, Rounds, log_ratio
from crossover.results.conclusions.findings import Ratio
from crossover.results.records import ENOUGH_ROUNDS

REPEATED = 2.5  # times fewer misses where rounds are looked at ten times: each may miss 1% for 5% in all (Pocock 1977)
POOLED = 4  # transports of a group, from which on what is known of their noise counts for each pair


def compare_with_fastest(
    groups: Iterable[Sequence[str]], rounds: Mapping[str, Rounds], tables: float = 1
) -> tuple[dict[str, str], dict[str, Ratio]]:
    """Return label → the fastest of its group, and label → its ratio to that one, as far as there are two rounds of it.

    The fastest is the first of a group, unless the rounds that it shares with another say that the other is faster:
    then one of them missed rounds in which the machine was slow.

    Args:
        groups: the labels of each group, the one with the highest median first.
        rounds: label → round → figure.
        tables: of as many pairs, which are corrected for together; `REPEATED` where more rounds follow from a look.
    """
    ordered = [list(names) for names in groups if names]
    tried = {""}
    while True:
        ratios = _ratios(ordered, rounds, tables)
        faster = next((label for label, one in ratios.items() if one.low > 1 and one.rounds >= ENOUGH_ROUNDS), "")
        if faster in tried:
            return {label: names[0] for names in ordered for label in names}, ratios
        tried.add(faster)
        ordered = [sorted(names, key=faster.__ne__) if faster in names else names for names in ordered]


def _ratios(groups: Iterable[Sequence[str]], rounds: Mapping[str, Rounds], tables: float) -> dict[str, Ratio]:
    """Return label → its ratio to the first of its group.

    Which one is fastest shows in the same rounds, so any two of a group could have been compared: the correction (Holm
    1979) is for all pairs of all groups. The intervals are as wide as the correction demands, so that an interval holds
    1 just where no difference is called.
    """
    compared: dict[str, LogRatio] = {}
    pairs = 0
    for fastest, *others in groups:
        pairs += len(others) * (len(others) + 1) // 2
        pooled = _pooled([rounds[label] for label in (fastest, *others)])
        for label in others:
            if (one := log_ratio(rounds[fastest], rounds[label])) is not None:
                compared[label] = _with_noise_of_all(one, pooled, len(others)) if pooled else one
    return _corrected(compared, pairs * tables)


def _pooled(group: Sequence[Rounds]) -> float:
    """Return the variance of one round's ratio, the mean over all pairs of a group; 0 if it has few transports."""
    if len(group) < POOLED:
        return 0.0
    found = [pair for base, new in combinations(group, 2) if (pair := log_ratio(base, new)) is not None]
    return statistics.fmean(pair.variance * pair.rounds for pair in found) if found else 0.0


def _with_noise_of_all(one: LogRatio, pooled: float, others: int) -> LogRatio:
    """Return a pair whose variance is half its own, half that of all pairs: a few rounds know little of their noise.

    Two or three rounds know nothing of it: the noise is then that of all, or their own where it is larger.

    Args:
        one: with its own noise.
        pooled: the variance of one round's ratio, the mean over all pairs of the group.
        others: how many transports the group has besides its fastest.
    """
    if one.rounds < ENOUGH_ROUNDS:
        return one._replace(variance=max(one.variance, pooled / one.rounds), freedom=others * one.freedom)
    return one._replace(variance=(one.variance + pooled / one.rounds) / 2, freedom=2 * one.freedom)


def _corrected(compared: Mapping[str, LogRatio], pairs: float) -> dict[str, Ratio]:
    """Return the ratios, the clearest first; after the first one that chance may have made, none is called."""
    found: dict[str, Ratio] = {}
    least, factor = 0.0, pairs
    for number, (label, one) in enumerate(sorted(compared.items(), key=lambda item: item[1].p)):
        if least <= SURE:
            factor = pairs - number
        least = max(least, min(1.0, factor * one.p))
        found[label] = one.ratio(SURE / factor, least)
    return found
