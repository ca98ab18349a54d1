"""The crossover point: what it costs to leave the machine, and from how many machines on that pays."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from crossover.analysis.break_even import break_even_time, overhead_seconds
from crossover.analysis.limits import use
from crossover.analysis.run_selection import RunsByLabel, worker_kind
from crossover.analysis.statistics.paired import paired_ratio, sound_rounds, told_apart
from crossover.analysis.verdict import damage
from crossover.contract.traits import WorkerKind
from crossover.derived.told_cpu_time import told_cpu_seconds
from crossover.results.conclusions.findings import Crossing, Ratio, Reach, Standing, Summary
from crossover.results.records import ENOUGH_ROUNDS, Host, Run

NOT_COMPARED = {Standing.DAMAGED, Standing.LIMITED, Standing.UNPROVEN}


def crossover_point(
    summary: Sequence[Summary],
    runs: RunsByLabel,
    host: Host,
    full: RunsByLabel,
    plateaus: Mapping[str, float] = MappingProxyType({}),
) -> Crossing | None:
    """Compare the fastest local transport with those across machines, at any delivery guarantee.

    serial shares no work and takes no part, nor does what its plan has limited, as by too few workers: its figures say
    nothing of the machine. Where it is the fastest of its side, with as many workers as that of the other side, their
    ratio is all that is told: it is what the broker costs with these workers. Both sides did the same work, so the
    difference of their wall times per task (× effective workers) is overhead; a task 19 times as long hides it within
    5% (docs/method.md).

    Args:
        summary: of all transports.
        runs: label → its runs.
        host: the machine.
        full: label → its runs of tasks that do nothing, with a full window.
        plateaus: label → tasks/s that it carries of such tasks with a window that is large enough, where that is known.

    Returns:
        None if one of the sides has no undamaged transport that can be compared.
    """
    sharing = [one for one in summary if worker_kind(runs[one.transport][0]) is not WorkerKind.PRODUCER]
    compared = (one for one in sharing if one.standing not in NOT_COMPARED)
    sound = sorted(compared, key=lambda one: -one.throughput)
    local = next((one for one in sound if not runs[one.transport][0].guarantee.crosses_machines), None)
    across = [one for one in sound if runs[one.transport][0].guarantee.crosses_machines]
    if local is None or not across or not local.throughput or not across[0].throughput:
        return None
    remote = across[0]
    limited = _is_limited(local) or _is_limited(remote)
    if limited and local.workers != remote.workers:
        return None
    local_overhead = overhead_seconds(runs[local.transport][0], local.throughput, host.cores)
    remote_overhead = overhead_seconds(runs[remote.transport][0], remote.throughput, host.cores)
    ratio = _ratio(runs, remote, local, (len(sound) - len(across)) * len(across))
    added = None
    if not limited and _is_faster(ratio) and local_overhead is not None and remote_overhead is not None:
        added = remote_overhead - local_overhead if remote_overhead > local_overhead else None
    task = task_seconds(runs)
    return Crossing(
        local=local.transport,
        remote=remote.transport,
        factor=local.throughput / remote.throughput,
        added_us=None if added is None else added * 1e6,
        from_ms=None if added is None else break_even_time(added) * 1e3,
        added_cpu_us=remote.cpu_us - local.cpu_us if remote.cpu_us is not None and local.cpu_us is not None else None,
        task_ms=None if task is None else task * 1e3,
        enough=None if limited else local.throughput,
        reach=[
            reach(
                one,
                local,
                runs[one.transport],
                _ceiling(one, full, plateaus),
                host.capacity,
                faster=_is_faster(_ratio(runs, local, one, (len(sound) - len(across)) * len(across))),
            )
            for one in across
            if not limited
            and not _is_limited(one)
            and _workers_are_here(runs[one.transport])
            and _rounds(runs, one, local) >= ENOUGH_ROUNDS
        ],
        ratio=ratio,
    )


def _is_limited(one: Summary) -> bool:
    """Return whether the plan, as by too few workers, has kept a transport from doing what it can."""
    return one.limit is not None and one.limit.is_of_plan


def _workers_are_here(runs: Sequence[Run]) -> bool:
    """Return whether the workers were processes of ours: with external ones, more than this machine was measured."""
    return any("workers" in run.cost.cpu_seconds for run in runs)


def _ratio(runs: RunsByLabel, base: Summary, new: Summary, comparisons: int) -> Ratio | None:
    """Return a ratio over the rounds that both have; the fastest of each side is known from the same rounds."""
    base_rounds, new_rounds = (sound_rounds(runs[one.transport]) for one in (base, new))
    return paired_ratio(base_rounds, new_rounds, comparisons=comparisons)


def _is_faster(ratio: Ratio | None) -> bool:
    return ratio is not None and told_apart(ratio) and ratio.low > 1


def _rounds(runs: RunsByLabel, *compared: Summary) -> int:
    return min(len(runs[one.transport]) for one in compared)


def task_seconds(runs: RunsByLabel) -> float | None:
    """Return the seconds that a task takes a worker: the median round of the transport that disturbed it least."""
    return min((seconds for rounds in runs.values() if (seconds := use.task_seconds(rounds))), default=None)


def _ceiling(one: Summary, full: RunsByLabel, plateaus: Mapping[str, float]) -> float | None:
    """Return the most that a transport carries: its plateau, or the throughput with the largest window that was run."""
    sound = [run.throughput for run in full.get(one.transport, ()) if not damage(run)]
    found = plateaus.get(one.transport) or (statistics.median(sound) if sound else None)
    return None if found is None else max(found, one.throughput)


def reach(
    one: Summary,
    local: Summary,
    runs: Sequence[Run],
    ceiling: float | None,
    cores: float,
    *,
    faster: bool,
) -> Reach:
    """Return the highest throughput of a transport, and with how many machines it passes the fastest local one.

    Args:
        one: the transport across machines.
        local: the fastest local transport.
        runs: of the transport.
        ceiling: tasks/s that it carries at most; None: unknown.
        cores: that the machine may use on average; a quota may allow a part of one.
        faster: whether it is faster than the local one with this machine alone.
    """
    added = _per_machine(runs, cores)
    if added is not None and ceiling is not None:
        added = min(added, ceiling)
    machines = None
    if faster:
        machines = 1
    elif ceiling is not None and ceiling > local.throughput and added:
        machines = 2 + int(max(0.0, local.throughput - one.throughput) / added)
    return Reach(transport=one.transport, here=one.throughput, per_machine=added, ceiling=ceiling, machines=machines)


def _per_machine(runs: Sequence[Run], cores: float) -> float | None:
    """Return the tasks/s that one more machine adds: what producer and broker do for them, this one's workers do less.

    With enough outstanding tasks all machines compute all the time, so the cores of one more machine are shared by all
    roles, wherever they run.
    """
    told = [(told_cpu_seconds(run), run.delivery.completed) for run in runs]
    known = [seconds / completed for seconds, completed in told if seconds is not None and completed]
    return cores / statistics.median(known) if known and all(known) else None
