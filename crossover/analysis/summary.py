"""Who is fast, by how much, and whether that can be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crossover.analysis.statistics import Interval, interval
from crossover.analysis.warnings import of_transport
from crossover.contract.records import Run, Summary

GOOD_ENDINGS = {"finished", "time limit", "interrupted"}
EFFICIENT = 19  # overhead is 5 % of the time when the task takes 19 times as long (0.95 / 0.05)


def summarise(runs: Mapping[str, Sequence[Run]], cores: int) -> list[Summary]:
    """Return one summary per transport, the fastest first.

    Args:
        runs: per transport, its rounds.
        cores: how many this machine has for us.
    """
    measured = {name: interval([run.throughput for run in rounds]) for name, rounds in runs.items() if rounds}
    sound = [name for name in measured if not any(damage(run) for run in runs[name])]
    best = max(sound or measured, key=lambda name: measured[name].median, default="")
    found = []
    for name, figures in measured.items():
        overhead = _overhead(runs[name][0], figures, cores)
        found.append(
            Summary(
                transport=name,
                throughput=figures.median,
                ci95_low=figures.low,
                ci95_high=figures.high,
                overhead_us=None if overhead is None else overhead * 1e6,
                break_even_ms=None if overhead is None else overhead * EFFICIENT * 1e3,
                verdict=_verdict(name, runs[name], figures, best, measured[best]),
                warnings=of_transport(runs[name]),
            )
        )
    return sorted(found, key=lambda summary: -summary.throughput)


def _overhead(run: Run, figures: Interval, cores: int) -> float | None:
    """Return what a transport costs per task, in seconds: wall time × effective workers, of tasks that do nothing."""
    if run.workload != "noop" or not figures.median:
        return None
    workers = 1 if run.transport == "serial" else min(run.workers, cores)
    return workers / figures.median


def damage(run: Run) -> str:
    """Return what went wrong in a run, in words; nothing where nothing did."""
    counts = {
        "lost": run.delivery.lost,
        "failed": run.delivery.failed,
        "corrupted": run.delivery.corrupted,
        "duplicated": run.delivery.duplicated,
        "unexpected": run.delivery.unexpected,
    }
    found = [f"{tasks:,} {what}" for what, tasks in counts.items() if tasks]
    return ", ".join(found) or ("" if run.ending in GOOD_ENDINGS else run.ending)


def _verdict(name: str, runs: Sequence[Run], figures: Interval, best: str, best_figures: Interval) -> str:
    problem = next((found for run in runs if (found := damage(run))), "")
    if problem:
        return problem
    if name == best:
        return "fastest"
    if figures.overlaps(best_figures):
        return f"not distinguishable from {best}"
    return f"{figures.median / best_figures.median:.2f} × {best}"
