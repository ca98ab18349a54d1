"""What a transport costs per task, from which task time on that hardly matters, and whether that prediction holds."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from crossover.analysis.run_selection import REFERENCE, RunsByLabel
from crossover.analysis.statistics import Interval, interval
from crossover.analysis.verdict import damage
from crossover.results.findings import Check
from crossover.results.records import Run

BREAK_EVEN_FACTOR = 19  # overhead is 5 % of the time if the task takes 19 times as long (0.95 / 0.05)
PREDICTED_EFFICIENCY = BREAK_EVEN_FACTOR / (BREAK_EVEN_FACTOR + 1)
TOLERANCE = 0.05


def check_break_even(runs: RunsByLabel, idle: RunsByLabel, cores: int) -> list[Check]:
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
                task_ms=break_even_time(overhead) * 1e3,
                predicted=PREDICTED_EFFICIENCY,
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
    if measured.median > 1 + TOLERANCE:
        return None
    if measured.median >= PREDICTED_EFFICIENCY - TOLERANCE:
        return True
    return None if measured.high >= PREDICTED_EFFICIENCY - TOLERANCE else False


def overhead_seconds(run: Run, throughput: float, cores: int) -> float | None:
    """Return wall time × effective workers per task, in seconds: of tasks that do nothing, what the transport costs.

    Args:
        run: one of the transport's.
        throughput: tasks per second.
        cores: how many this machine has for us.
    """
    return effective_workers(run, cores) / throughput if throughput else None


def effective_workers(run: Run, cores: int) -> int:
    """Return how many workers can be at work at one moment."""
    return 1 if run.name == "serial" else min(run.workers, cores)


def overhead_per_task(idle: Sequence[Run], cores: int) -> float | None:
    """Return what a transport costs per task, in seconds: the median over sound rounds whose tasks do nothing."""
    sound = [run.throughput for run in idle if not damage(run)]
    return overhead_seconds(idle[0], statistics.median(sound), cores) if sound else None


def break_even_time(overhead: float) -> float:
    """Return the task time from which on an overhead is at most 5 % of the time; in the unit of the overhead."""
    return overhead * BREAK_EVEN_FACTOR
