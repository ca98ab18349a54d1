"""Who is fast, by how much, and whether that can be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crossover.analysis.statistics import Interval, interval
from crossover.analysis.warnings import of_transport
from crossover.contract.records import ENOUGH_ROUNDS, End, Run, Standing, Summary

GOOD_ENDINGS = {End.FINISHED, End.TIME_UP, End.INTERRUPTED}
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
        standing, verdict = _judge(runs[name], figures, best, measured[best])
        overhead = _overhead(runs[name][0], figures, cores)
        found.append(
            Summary(
                transport=name,
                throughput=figures.median,
                ci95_low=figures.low,
                ci95_high=figures.high,
                overhead_us=None if overhead is None else overhead * 1e6,
                break_even_ms=None if overhead is None else overhead * EFFICIENT * 1e3,
                verdict=verdict,
                standing=standing,
                warnings=of_transport(runs[name]),
            )
        )
    return sorted(found, key=lambda summary: -summary.throughput)


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


def _overhead(run: Run, figures: Interval, cores: int) -> float | None:
    """Return what a transport costs per task, in seconds: wall time × effective workers, of tasks that do nothing."""
    if run.workload != "noop" or not figures.median:
        return None
    workers = 1 if run.name == "serial" else min(run.workers, cores)
    return workers / figures.median


def _judge(runs: Sequence[Run], figures: Interval, best: str, best_figures: Interval) -> tuple[Standing, str]:
    """Return where a transport stands, and the same in words."""
    if problem := next((found for run in runs if (found := damage(run))), ""):
        return Standing.DAMAGED, problem
    if runs[0].transport == best:
        return Standing.FASTEST, str(Standing.FASTEST)
    if len(runs) < ENOUGH_ROUNDS or figures.overlaps(best_figures):
        return Standing.CLOSE, f"{Standing.CLOSE} from {best}"
    return Standing.SLOWER, f"{figures.median / best_figures.median:.2f} × {best}"
