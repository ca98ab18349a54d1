"""CPU time and memory by role: medians over the rounds."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence

from crossover.derived.rounds import rounds_of
from crossover.derived.told_cpu_time import told_cpu_seconds
from crossover.report.wording.figures import MIB, figure
from crossover.results.comparison import Result
from crossover.results.records import Run

TITLE = "CPU and memory by role"
EXPLAINED = "Medians over the rounds: CPU time per task, and peak memory."
SHARED_ONCE = "Memory that processes share counts once."
SHARED_OFTEN = "Memory that processes share counts once for each of them ({roles})."
ROLES = ("producer", "workers", "broker")

ByRole = dict[str, dict[str, float | None]]  # transport → role → figure


def cpu_by_role(result: Result) -> ByRole:
    """Return the CPU time of a task, in µs; None where it is not known."""
    return {
        one.transport: {role: _cpu_us(rounds_of(result, one.transport), role) for role in ROLES}
        for one in result.summary
    }


def memory_by_role(result: Result) -> ByRole:
    """Return the peak of memory, in MiB; None where it is not known."""
    return {
        one.transport: {role: _memory_mib(rounds_of(result, one.transport), role) for role in ROLES}
        for one in result.summary
    }


def explained(result: Result) -> str:
    """Return what the figures are, how memory is counted that processes share, and what of them is ours."""
    return " ".join(filter(None, [_explained(result), bookkeeping(result)]))


def bookkeeping(result: Result) -> str:
    """Return what of the CPU time is our own bookkeeping; empty where it was not measured."""
    found = result.bookkeeping
    if found is None:
        return ""
    many = "" if found.batch == 1 else f", {found.batch:,} tasks per message"
    stamped = ""
    if found.stamped_producer_us is not None and found.stamped_worker_us is not None:
        stamped = (
            " Through brokers, and in serial and threads, where each outcome has time stamps, it is "
            f"{figure(found.stamped_producer_us)} and {figure(found.stamped_worker_us)} µs."
        )
    return (
        f"Of the CPU time of a task, {figure(found.producer_us)} µs in the producer and {figure(found.worker_us)} µs "
        f"in a worker are crossover's own bookkeeping (measured with a transport that does nothing{many}): subtract "
        f"them for what a loop without it takes.{stamped}"
    )


def _explained(result: Result) -> str:
    rounds = [run for one in result.summary for run in rounds_of(result, one.transport)]
    often = {role for run in rounds for role in run.cost.peak_rss_bytes if role not in run.cost.shared_once}
    if not often:
        return f"{EXPLAINED} {SHARED_ONCE}"
    return f"{EXPLAINED} {SHARED_OFTEN.format(roles=', '.join(role for role in ROLES if role in often))}"


def any_known(result: Result) -> bool:
    """Return whether CPU time or memory is known of any transport."""
    rows = [*cpu_by_role(result).values(), *memory_by_role(result).values()]
    return any(any(row.values()) for row in rows)


def _cpu_us(rounds: Sequence[Run], role: str) -> float | None:
    told = [(told_cpu_seconds(run, role), run.delivery.completed) for run in rounds]
    return _median(seconds / completed * 1e6 for seconds, completed in told if seconds is not None and completed)


def _memory_mib(rounds: Sequence[Run], role: str) -> float | None:
    return _median(run.cost.peak_rss_bytes[role] / MIB for run in rounds if role in run.cost.peak_rss_bytes)


def _median(values: Iterable[float]) -> float | None:
    found = list(values)
    return statistics.median(found) if found else None
