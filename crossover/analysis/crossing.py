"""What it costs to leave the machine, and from which task time on that does not matter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crossover.analysis.summary import EFFICIENT, overhead_of
from crossover.contract.findings import Crossing, Standing, Summary
from crossover.contract.records import Run


def crossing_of(summary: Sequence[Summary], runs: Mapping[str, Sequence[Run]], cores: int) -> Crossing | None:
    """Compare the fastest transport inside one machine with the fastest across machines, whatever each promises.

    serial, which shares nothing, does not take part. Both did the same work, so the difference of their wall times per
    task (× effective workers) is the transport's; a task 19 times as long hides it within 5 % (docs/method.md).

    Args:
        summary: of all transports.
        runs: per transport, its rounds.
        cores: how many this machine has for us.

    Returns:
        None where there is nothing sound on one of the sides.
    """
    sharing = [one for one in summary if runs[one.transport][0].name != "serial"]
    sound = sorted((one for one in sharing if one.standing is not Standing.DAMAGED), key=lambda one: -one.throughput)
    local = next((one for one in sound if not runs[one.transport][0].guarantee.crosses_machines), None)
    remote = next((one for one in sound if runs[one.transport][0].guarantee.crosses_machines), None)
    if local is None or remote is None or not local.throughput or not remote.throughput:
        return None
    here = overhead_of(runs[local.transport][0], local.throughput, cores)
    there = overhead_of(runs[remote.transport][0], remote.throughput, cores)
    apart = local.ci95_low > remote.ci95_high
    added = there - here if apart and here is not None and there is not None and there > here else None
    return Crossing(
        local=local.transport,
        remote=remote.transport,
        factor=local.throughput / remote.throughput,
        added_us=None if added is None else added * 1e6,
        from_ms=None if added is None else added * EFFICIENT * 1e3,
        added_cpu_us=remote.cpu_us - local.cpu_us if remote.cpu_us is not None and local.cpu_us is not None else None,
    )
