"""Whether a task of the predicted break-even time really leaves 5 % to the transport."""

from __future__ import annotations

from crossover.analysis.run_selection import REFERENCE, Rounds
from crossover.analysis.statistics import Interval, interval
from crossover.analysis.summary import EFFICIENT, break_even, damage, overhead_per_task
from crossover.results.findings import Check

PREDICTED = EFFICIENT / (EFFICIENT + 1)
WITHIN = 0.05


def checks_of(runs: Rounds, idle: Rounds, cores: int) -> list[Check]:
    """Compare each transport with its reference: the same tasks on the same workers, with next to no transport.

    Efficiency is the throughput of the one over that of the other, which was measured immediately before it.

    Args:
        runs: of the check, references included.
        idle: per transport, its rounds of tasks that do nothing: the prediction follows from them.
        cores: how many this machine has for us.
    """
    found = []
    for label, rounds in runs.items():
        overhead = overhead_per_task(idle.get(label, ()), cores)
        references = {run.round: run for run in runs.get(label + REFERENCE, ()) if not damage(run)}
        pairs = [(run, references[run.round]) for run in rounds if run.round in references and not damage(run)]
        if not pairs or overhead is None:
            continue
        measured = interval([run.throughput / reference.throughput for run, reference in pairs])
        found.append(
            Check(
                transport=label,
                task_ms=break_even(overhead) * 1e3,
                predicted=PREDICTED,
                measured=measured.median,
                low=measured.low,
                high=measured.high,
                holds=_holds(measured),
            )
        )
    return found


def _holds(measured: Interval) -> bool | None:
    """Say whether an efficiency is within 5 points of the prediction; nothing where noise could make it so or not.

    A transport cannot do better than the same tasks without one: up to 5 points over 100 % are noise and count as it,
    more than that is a reference that was disturbed.
    """
    if measured.median > 1 + WITHIN:
        return None
    if measured.median >= PREDICTED - WITHIN:
        return True
    return None if measured.high >= PREDICTED - WITHIN else False
