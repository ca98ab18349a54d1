"""What a transport costs per task, from which task time on that hardly matters, and whether that prediction holds."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from crossover.analysis.run_selection import REFERENCE, RunsByLabel, workers_of
from crossover.analysis.statistics.intervals import Interval, interval
from crossover.analysis.verdict import damage
from crossover.results.conclusions.findings import Check
from crossover.results.records import Run

BREAK_EVEN_FACTOR = 19  # overhead is 5% of the time if the task takes 19 times as long (0.95 / 0.05)
PREDICTED_EFFICIENCY = BREAK_EVEN_FACTOR / (BREAK_EVEN_FACTOR + 1)
TOLERANCE = 0.05


def check_break_even(runs: RunsByLabel, idle: RunsByLabel, cores: int) -> list[Check]:
    """Compare each transport with its reference: the same tasks on the same workers, with next to no overhead.

    Efficiency is its throughput over the throughput of the reference, which was measured immediately before.

    Args:
        runs: label → the runs of the check, references included.
        idle: label → the runs of tasks that do nothing, from which the prediction follows.
        cores: usable cores of the machine.
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
    """Return whether an efficiency is within 5 points of the prediction; None if noise leaves it open.

    A transport cannot be faster than the same tasks without overhead: up to 5 points above 100% are noise, more means
    that the reference was disturbed.
    """
    if measured.median > 1 + TOLERANCE:
        return None
    if measured.median >= PREDICTED_EFFICIENCY - TOLERANCE:
        return True
    return None if measured.high >= PREDICTED_EFFICIENCY - TOLERANCE else False


def overhead_seconds(run: Run, throughput: float, cores: int) -> float | None:
    """Return wall time × effective workers per task, in seconds; for tasks that do nothing it is the overhead.

    Args:
        run: any run of the transport.
        throughput: tasks per second; 0 gives None.
        cores: usable cores of the machine.
    """
    return effective_workers(run, cores) / throughput if throughput else None


def effective_workers(run: Run, cores: int) -> int:
    """Return how many workers can be at work at the same time."""
    return min(workers_of(run), cores)


def overhead_per_task(idle: Sequence[Run], cores: int) -> float | None:
    """Return a transport's overhead per task, in seconds: the median over undamaged runs of tasks that do nothing."""
    sound = [run.throughput for run in idle if not damage(run)]
    return overhead_seconds(idle[0], statistics.median(sound), cores) if sound else None


def break_even_time(overhead: float) -> float:
    """Return the task time from which on the overhead is at most 5% of the time, in the unit of the overhead."""
    return overhead * BREAK_EVEN_FACTOR
