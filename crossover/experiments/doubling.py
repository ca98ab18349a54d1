"""Which numbers of workers scale tries where none was typed: twice as many each time, until that does not help."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Sequence

from crossover.analysis.limits.limit import limit_of
from crossover.analysis.scaling.advice import recommended_workers
from crossover.analysis.scaling.law import FEWEST_COUNTS
from crossover.analysis.scaling.rising import rises
from crossover.analysis.scaling.worker_counts import scale_points
from crossover.analysis.verdict import damage
from crossover.contract.registry import Address
from crossover.experiments.comparison.rounds import RoundRunner
from crossover.experiments.comparison.run_spec import RunSpec
from crossover.results.conclusions.findings import Limit, ScalePoint
from crossover.results.records import Run
from crossover.results.task import TaskSample
from crossover.workers.limits.cpu import usable_cores

MOST_WORKERS = 1024
LEAST_TRIED = 8  # workers, in any case: with fewer numbers, there is no law
LONGEST_STEP = 10.0  # seconds of a run, with its start: the next one would take twice as long
LONGEST_SEARCH = 90.0  # seconds, of one transport
BETWEEN = (3, 4), (3, 2)  # numbers around the one from which on more workers do not help, as parts of it
OPEN_FILES_EACH, OTHER_FILES = 4, 64  # that a producer keeps open for each worker process, and for itself


def counts_by_doubling(
    runner: RoundRunner,
    spec_of: Callable[[str, Address, int], RunSpec],
    addresses: dict[str, Address],
    why_not: Callable[[RunSpec], str | None],
    task: TaskSample | None,
) -> dict[str, list[int]]:
    """Measure each transport once with 1, 2, 4, 8, ... workers until more do not help, and return label → numbers.

    It stops where the curve is flat or falls, something was damaged or did not start, memory, open files or time do not
    allow more, or at 1,024. Around the number from which on more do not help, two numbers in between are measured, too.

    Args:
        runner: measures and keeps the result; its plan has the numbers, as they are found.
        spec_of: returns the spec of a label, transport and number of workers.
        addresses: label → transport.
        why_not: returns why a run must not be started, or None.
        task: what a task takes; None: unknown.

    Raises:
        KeyboardInterrupt: Ctrl-C.
    """
    plan = runner.result.plan
    found: dict[str, list[int]] = {label: [] for label in addresses}
    taken = dict.fromkeys(addresses, 0.0)

    def measure(label: str, workers: int) -> float:
        """Measure one number of workers, and return the seconds that it took."""
        began = time.monotonic()
        runner.run_rounds([spec_of(label, addresses[label], workers)], 1, why_not=why_not)
        if _runs(runner, label, workers):
            found[label].append(workers)
            plan.worker_counts_of[label] = sorted(found[label])
            plan.worker_counts = sorted({count for counts in found.values() for count in counts})
            plan.workers = plan.worker_counts[-1]
        return time.monotonic() - began

    workers, rising = 1, list(addresses)
    while rising and workers <= MOST_WORKERS and not runner.time_up:
        for label in list(rising):
            seconds = measure(label, workers)
            taken[label] += seconds
            slow = seconds > LONGEST_STEP or taken[label] > LONGEST_SEARCH
            more = 2 * workers
            if slow or not _goes_on(runner, label, workers, task) or _opens_too_many(addresses[label], more):
                rising.remove(label)
        workers *= 2
    for label, counts in found.items():
        for between in _between(_points(runner, label), counts) if not runner.time_up else ():
            measure(label, between)
    return {label: sorted(counts) for label, counts in found.items() if counts}


def _goes_on(runner: RoundRunner, label: str, workers: int, task: TaskSample | None) -> bool:
    """Return whether more workers than these may help."""
    own = _runs(runner, label, workers)
    if not own or any(damage(run) for run in own):
        return False
    if workers < LEAST_TRIED:
        return True
    points = _points(runner, label)
    if rises(points):
        full = limit_of(own, runner.result.host, task) in {Limit.CORES, Limit.GIL}
        return not (full and workers >= 2 * LEAST_TRIED * usable_cores() and not rises(points[:-1]))
    return rises(points[:-1]) and limit_of(own, runner.result.host, task) is Limit.WORKERS  # one figure may be noise


def _between(points: Sequence[ScalePoint], counts: Sequence[int]) -> list[int]:
    """Return the numbers around the knee that are worth a run, and more where a law would lack them."""
    if not points or any(point.damage for point in points):
        return []
    knee = recommended_workers(points)
    near = [knee * up // down for up, down in BETWEEN if knee * up % down == 0]
    missing = [3 * power // 2 for power in counts if power > 1]
    most, wanted = max(counts), list(dict.fromkeys([*near, *missing]))
    new = [count for count in wanted if 1 < count < most and count not in counts]
    return new[: max(len(BETWEEN), FEWEST_COUNTS - len(counts))]


def _points(runner: RoundRunner, label: str) -> list[ScalePoint]:
    return scale_points([run for run in runner.result.runs if run.transport == label], runner.result.host)


def _runs(runner: RoundRunner, label: str, workers: int) -> list[Run]:
    return [run for run in runner.result.runs if (run.transport, run.workers) == (label, workers)]


def _opens_too_many(address: Address, workers: int) -> bool:
    """Return whether a number of worker processes needs more descriptors than this process may have."""
    allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    unlimited = allowed == resource.RLIM_INFINITY or not address.traits.worker_processes
    return not unlimited and OPEN_FILES_EACH * workers + OTHER_FILES > allowed
