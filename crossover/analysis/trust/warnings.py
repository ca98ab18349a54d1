"""Warnings: reasons not to trust a figure."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Sequence

from crossover.analysis.run_selection import all_ours, cost_seconds, worker_kind
from crossover.analysis.statistics.student import quantile
from crossover.contract.traits import WorkerKind
from crossover.derived.task_kind import OTHERS_RAN
from crossover.results.records import OPEN, Run

SHORTEST_RUN = 0.2  # seconds
LARGEST_SPREAD = 0.10  # standard deviation, as a fraction of the mean (pyperf's rule)
PRODUCER_BOUND = 0.95  # of one core
OTHERS = 0.2  # of a core, used by other processes
KEEPS_UP = 0.98  # of the requested rate
LATE = 0.5  # of the p99 latency: a larger send delay is a late producer
LATE_MS = 1.0  # milliseconds; timers may be this late
CANNOT_KEEP_UP = "cannot keep up"
OUTLIER = 0.25  # distance of the first round from the median of the others, as a fraction


def is_short(run: Run) -> bool:
    """Return whether a run was too short to prove anything."""
    return run.seconds < SHORTEST_RUN


def is_noisy(figures: Sequence[float]) -> bool:
    """Return whether rounds spread too much, and are too few to average that out.

    That is: their standard deviation is above 10% of the mean (pyperf's rule), and so is half the width of the mean's
    95% interval. With five rounds or fewer both say the same.
    """
    count = len(figures)
    if count < 2:  # noqa: PLR2004 - one round has no spread
        return False
    spread, allowed = statistics.stdev(figures), LARGEST_SPREAD * statistics.fmean(figures)
    return spread > allowed and quantile(0.975, count - 1) * spread / math.sqrt(count) > allowed


def run_warnings(run: Run) -> list[str]:
    """Return the warnings of one run."""
    found = []
    if is_short(run):
        found.append(f"ran for less than {SHORTEST_RUN} s: give it more tasks ({'--backlog' if run.backlog else '-n'})")
    producer = run.cost.cpu_seconds.get("producer", 0.0)
    if (
        run.load.mode != OPEN
        and worker_kind(run) is WorkerKind.PROCESS
        and run.seconds
        and producer / cost_seconds(run) > PRODUCER_BOUND
    ):
        found.append("producer-bound: the producer used a whole core, so this is its figure, not the transport's")
    return [*found, *disturbances(run), *_of_rate(run)]


def disturbances(run: Run) -> Iterator[str]:
    """Yield what took CPU time from a run, of what can be seen from inside this machine and its control group."""
    if is_short(run):
        return
    much = OTHERS * cost_seconds(run)
    if run.cost.throttled_seconds > much:
        yield "a CPU quota of its control group (container) held it back, so this is the quota's figure"
    if run.cost.stolen_seconds > much:
        yield "the hypervisor gave the cores to other virtual machines for a part of the time (steal time)"
    if run.cost.too_hot:
        yield "cores were slowed down because they were too hot"
    enough_idle = run.cost.idle_seconds > cost_seconds(run) + sum(run.cost.cpu_seconds.values())
    if all_ours(run) and run.cost.others_cpu_seconds > much and not enough_idle:
        yield OTHERS_RAN


def keeps_up(achieved: float | None, rate: float) -> bool | None:
    """Return whether outcomes came back at the requested rate; None if too few came back to decide."""
    return None if achieved is None else achieved >= KEEPS_UP * rate


def _of_rate(run: Run) -> list[str]:
    """Return the warnings of a run in open loop."""
    if run.load.rate is None or run.latency_ms is None or run.send_delay_ms is None:
        return []
    found = []
    if keeps_up(run.achieved_rate, run.load.rate) is False:
        found.append(f"{CANNOT_KEEP_UP} with the rate: the backlog and its latency grow as long as the run lasts")
    if run.send_delay_ms.p99 > max(LATE_MS, LATE * run.latency_ms.p99):
        found.append("the producer was late: most of the latency at p99 is send delay")
    return found


def round_warnings(figures: Sequence[float]) -> list[str]:
    """Return the warnings about the rounds of one transport together, from their throughput."""
    found = []
    if is_noisy(figures):
        found.append(f"noisy: the rounds spread by more than {LARGEST_SPREAD:.0%}")
    if len(figures) > 2:  # noqa: PLR2004 - a median of others needs two
        others = statistics.median(figures[1:])
        if others and abs(figures[0] - others) > OUTLIER * others:
            found.append(f"the first round is more than {OUTLIER:.0%} away from the others")
    return found


def transport_warnings(runs: Sequence[Run], figures: Sequence[float] = ()) -> list[str]:
    """Return the warnings of one transport, each once.

    Args:
        runs: of the transport.
        figures: their throughput, without what the rounds of all transports have in common; none: as it is.
    """
    of_rounds = round_warnings(figures or [run.throughput for run in runs])
    return list(dict.fromkeys([warning for run in runs for warning in run.warnings] + of_rounds))
