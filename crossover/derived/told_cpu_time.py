"""The CPU time of a run where it can be told: the kernel counts that of processes that have ended in ticks of 10 ms."""

from __future__ import annotations

import math

from crossover.results.records import Run

ROUNDING = 0.05  # of a figure: where it may be further off than this, it is not told


def told_cpu_seconds(run: Run, role: str = "") -> float | None:
    """Return the CPU seconds of a role in a run; None where they are unknown, or too few for the ticks they came in.

    Args:
        run: one of a result.
        role: producer, workers or broker; empty: all of them together.
    """
    cpu, rounding = run.cost.cpu_seconds, run.cost.rounding_seconds
    if role and role not in cpu:
        return None
    seconds = cpu[role] if role else sum(cpu.values())
    error = rounding.get(role, 0.0) if role else math.hypot(*rounding.values())
    return seconds if error <= ROUNDING * seconds else None
