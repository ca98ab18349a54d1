"""Which transport to use, inside one machine and through a broker."""

from __future__ import annotations

from collections.abc import Sequence

from crossover.analysis.run_selection import RunsByLabel, promise_rank, worker_kind
from crossover.contract.traits import WorkerKind
from crossover.results.conclusions.answer import Choice
from crossover.results.conclusions.findings import Standing, Summary
from crossover.results.records import ENOUGH_ROUNDS, Run

AS_GOOD = 0.95  # of the throughput of the fastest: as good, where the rounds do not tell them apart
NO_CHOICE = (Standing.DAMAGED, Standing.LIMITED)
EASE = {WorkerKind.PRODUCER: 0, WorkerKind.THREAD: 1, WorkerKind.PROCESS: 2}
"""What is easier to use comes first, of those that do as much."""


def local_choice(summary: Sequence[Summary], runs: RunsByLabel) -> Choice | None:
    """Return what to use inside one machine; None where nothing is sound that was free to win."""
    return _choice([one for one in summary if not _crosses(one, runs)], runs)


def remote_choice(summary: Sequence[Summary], runs: RunsByLabel) -> Choice | None:
    """Return what to use through a broker, of those that lose least at this safety level; None: nothing is sound."""
    across = [one for one in summary if _crosses(one, runs)]
    best = min((promise_rank(runs[one.transport][0].guarantee) for one in _sound(across, runs)), default=None)
    return _choice([one for one in across if promise_rank(runs[one.transport][0].guarantee) == best], runs)


def fastest_limited(summary: Sequence[Summary]) -> Summary | None:
    """Return the fastest of those that something of the plan limited; None: nothing was."""
    limited = (one for one in summary if one.standing is Standing.LIMITED)
    return max(limited, key=lambda one: one.throughput, default=None)


def _sound(summary: Sequence[Summary], runs: RunsByLabel) -> list[Summary]:
    """Return what lost nothing, failed nowhere, was free to win, and was measured often enough."""
    return [
        one
        for one in summary
        if one.standing not in NO_CHOICE and one.throughput and len(runs[one.transport]) >= ENOUGH_ROUNDS
    ]


def _crosses(one: Summary, runs: RunsByLabel) -> bool:
    return runs[one.transport][0].guarantee.crosses_machines


def _choice(of: Sequence[Summary], runs: RunsByLabel) -> Choice | None:
    """Return the fastest, or what is as good and easier: threads before processes, then the fewest workers.

    Where another one did more although something of the plan limited it, nothing is known to be the best.
    """
    found, limited = _sound(of, runs), fastest_limited(of)
    if not found:
        return None
    proven = [one for one in found if one.standing is not Standing.UNPROVEN]
    found = proven if any(one.standing is Standing.FASTEST for one in proven) else found
    fastest = max(found, key=lambda one: one.throughput)
    if limited is not None and limited.throughput > fastest.throughput:
        return None
    alike = [one for one in found if one is fastest or _as_good(one, fastest)]
    easiest = min(alike, key=lambda one: (_ease(runs[one.transport][0]), -one.throughput))
    others = [one.transport for one in alike if one is not easiest]
    return choice_of(easiest, runs[easiest.transport][0].workers, others)


def choice_of(found: Summary, workers: int, alike: list[str]) -> Choice:
    """Return a transport as what is recommended.

    Args:
        found: what is known of it.
        workers: how many it had.
        alike: labels that are not told apart from it.
    """
    return Choice(
        transport=found.transport,
        workers=workers,
        throughput=found.throughput,
        low=found.ci95_low,
        high=found.ci95_high,
        limit=found.limit,
        alike=alike,
    )


def _as_good(one: Summary, fastest: Summary) -> bool:
    ratio = one.to_fastest
    return one.standing is Standing.CLOSE and (
        one.throughput >= AS_GOOD * fastest.throughput if ratio is None else ratio.ratio >= AS_GOOD
    )


def _ease(run: Run) -> tuple[int, int]:
    return EASE[worker_kind(run)], run.workers
