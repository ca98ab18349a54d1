"""Whether tasks wait for something that they share, as a lock, a disk or a server: then more workers change nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from crossover.analysis.limits.use import task_seconds, throughput
from crossover.analysis.run_selection import RunsByLabel, workers_of
from crossover.results.conclusions.findings import Limit
from crossover.results.records import Run

RISING = 0.1  # of what more workers would add if each added as much: with less, something else is the limit
HINDERED = 2.0  # times as long as with fewer workers: tasks wait for something that they share


def by_something_shared(runs: RunsByLabel, found: Mapping[str, Limit]) -> dict[str, Limit]:
    """Return the labels for which more workers were tried, or fewer, and tasks only took longer.

    Then the limit is not their number but what tasks share: a lock, a disk, a server.
    """
    limited = {label: runs[label] for label, limit in found.items() if limit is Limit.WORKERS}
    groups: dict[str, list[list[Run]]] = {}
    for rounds in runs.values():
        if rounds:
            groups.setdefault(rounds[0].name, []).append(list(rounds))
    return {
        label: Limit.SHARED
        for label, rounds in limited.items()
        if is_by_something_shared(rounds, [other for other in groups[rounds[0].name] if other[0] is not rounds[0]])
    }


def is_by_something_shared(rounds: Sequence[Run], others: Iterable[Sequence[Run]]) -> bool:
    """Return whether runs with other numbers of workers show that tasks wait for each other.

    Args:
        rounds: of one transport and number of workers, that were all busy.
        others: of the same transport with other numbers.
    """
    workers, each, figure = workers_of(rounds[0]), task_seconds(rounds), throughput(rounds)
    for other in others:
        number = workers_of(other[0])
        if number < workers and each > HINDERED * task_seconds(other) > 0:
            return True
        if number > workers and figure:
            gain, possible = throughput(other) / figure - 1, number / workers - 1
            if gain < RISING * possible and task_seconds(other) > HINDERED * each > 0:
                return True
    return False
