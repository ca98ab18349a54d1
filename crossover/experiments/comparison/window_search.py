"""--window auto: searches the window of each transport before the rounds, with tasks that do nothing."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from crossover.analysis.run_selection import IDLE
from crossover.analysis.verdict import tasks_damaged, verdict_of_history
from crossover.analysis.windows import plateau, smallest_window, window_points
from crossover.contract.traits import WorkerKind
from crossover.experiments.comparison.planning.amounts import bounded_window, default_window
from crossover.experiments.comparison.probes import idle_spec
from crossover.experiments.comparison.rounds import RoundRunner
from crossover.experiments.comparison.run_spec import RunSpec
from crossover.results.records import End
from crossover.results.task import TaskSample
from crossover.results.windows import WindowSearch

FEWEST_MESSAGES, MOST_MESSAGES = 4, 4_096  # outstanding, per worker: with fewer, one that is done early would wait
MOST_TASKS = 2**16  # outstanding
WINDOWS_PER_RUN = 8  # at least; with fewer, a run would show how its window is filled and emptied
LONG_TASK = 1e-4  # seconds: with longer tasks, the default window is worked off more slowly than any is sent
SWEEP_TASKS, SWEEP_MESSAGES = 2_000_000, 400_000  # of one sweep, at most
SWEEP_TAKES = 4.0  # seconds, with its start
LONG = "tasks take so long that a larger window changes nothing"
TYPED = "it was typed"
UNKNOWN = "it is not known how long a task takes: none ended in time, one ended its process, or they run elsewhere"
PART_OF_TIME_LIMIT = 0.25  # that all searches may take


def search_windows(
    runner: RoundRunner, specs: Sequence[RunSpec], task: TaskSample | None, *, typed: bool = False
) -> None:
    """Search the window of each transport, and keep it in the plan of the result.

    A transport whose window is not searched keeps the default one.

    Args:
        runner: keeps the result; without runs.
        specs: of the comparison, one for each transport; another version of a function has the same window.
        task: what a task takes; None: unknown.
        typed: whether the window was typed: then only the plateaus of brokers are searched, which are their ceilings.

    Raises:
        KeyboardInterrupt: Ctrl-C.
    """
    plan = runner.result.plan
    others = plan.compared_with if plan.against else {}
    specs = searched([spec for spec in specs if spec.label not in others.values()], typed=typed)
    if not specs:
        return
    now = time.monotonic()
    until = now + PART_OF_TIME_LIMIT * (runner.deadline - now)
    seconds = 0.0 if typed or specs[0].workload.name in IDLE else task.mean if task else None
    for found in _search_all(runner, specs, seconds, until):
        if typed:
            runner.keep_window_search(replace(found, window=plan.window, why_not=found.why_not or TYPED), used=False)
            continue
        runner.keep_window_search(found)
        if found.transport in others:
            runner.keep_window_search(replace(found, transport=others[found.transport]))


def searched(specs: Sequence[RunSpec], *, typed: bool = False) -> list[RunSpec]:
    """Return the specs whose window is searched: none where a run has too few tasks for a larger one.

    Args:
        specs: of the comparison, one for each transport.
        typed: whether the window was typed: then only those of brokers.
    """
    sharing = [spec for spec in specs if spec.address.traits.worker_kind is not WorkerKind.PRODUCER]
    if not any(_most(spec) > _default(spec) for spec in sharing):
        return []
    return [spec for spec in sharing if spec.address.traits.server] if typed else sharing


def _search_all(
    runner: RoundRunner, specs: Sequence[RunSpec], seconds: float | None, until: float
) -> Iterator[WindowSearch]:
    """Yield what is found of each transport.

    A transport that is named several times has the same window each time, the largest that one of them needs: else the
    windows would differ by noise, and the figures with them.
    """
    of_urls: dict[str, WindowSearch] = {}
    for spec in specs:
        if spec.address.url not in of_urls:
            of_urls[spec.address.url] = _search(runner, spec, seconds, until)
    largest: dict[str, int] = {}
    for spec in specs:
        largest[spec.address.name] = max(largest.get(spec.address.name, 0), of_urls[spec.address.url].window)
    for spec in specs:
        yield replace(of_urls[spec.address.url], transport=spec.label, window=largest[spec.address.name])


def _search(runner: RoundRunner, spec: RunSpec, seconds: float | None, until: float) -> WindowSearch:
    """Search the window of one transport.

    Args:
        runner: measures.
        spec: of the comparison.
        seconds: that a task takes a worker; None: unknown.
        until: when to stop, in seconds of the monotonic clock.
    """
    load, default = spec.load, _default(spec)
    found = WindowSearch(
        transport=spec.label,
        window=default,
        workers=load.workers,
        batch=load.batch,
        task_us=None if seconds is None else seconds * 1e6,
    )
    if time.monotonic() + SWEEP_TAKES > until:
        found.why_not = "the time limit leaves no time for it"
        return found
    long = seconds is None or seconds >= LONG_TASK
    ceiling = spec.address.traits.server and not runner.result.plan.until_apart  # of a broker, it is of interest, too
    if long and not ceiling:
        found.why_not = UNKNOWN if seconds is None else LONG
        return found
    observation = runner.sweep(_sweep_spec(spec), until)
    if observation is None or not observation.parts:
        found.why_not = "no window was measured" if observation is None else str(observation.ending)
        return found
    found.points = window_points(observation.parts)
    finished = observation.ending.end is End.FINISHED
    problem = tasks_damaged(verdict_of_history(observation.history))
    if problem or not finished:  # such figures show no plateau
        found.why_not = f"of its tasks, {problem}" if finished else str(observation.ending)
        return found
    found.plateau = plateau(found.points)
    if long:
        found.why_not = UNKNOWN if seconds is None else LONG
    else:
        found.window = smallest_window(found.points, _most(spec), (seconds or 0.0) / load.workers)
    return found


def _sweep_spec(spec: RunSpec) -> RunSpec:
    """Return a spec that tries windows, from a few messages per worker to as many as memory and record allow."""
    each = spec.load.workers * spec.load.batch
    most = _allowed(spec, max(MOST_TASKS, _default(spec)))
    windows = [each * 2**power for power in range(MOST_MESSAGES.bit_length()) if each * 2**power <= most]
    idle = idle_spec(spec, _default(spec))
    tasks = min(SWEEP_TASKS, SWEEP_MESSAGES * spec.load.batch)
    windows = [window for window in windows if window >= FEWEST_MESSAGES * each] or windows[-1:] or [each]
    return idle._replace(load=idle.load._replace(tasks=tasks, seconds=math.inf, windows=windows))


def _most(spec: RunSpec) -> int:
    """Return how large a window is allowed for the runs of a spec."""
    return _allowed(spec, max(_default(spec), spec.load.tasks // WINDOWS_PER_RUN))


def _default(spec: RunSpec) -> int:
    return default_window(spec.load.workers, spec.load.batch, spec.workload.payload_bytes)


def _allowed(spec: RunSpec, window: int) -> int:
    return bounded_window(window, spec.load.workers, spec.load.batch, spec.workload.payload_bytes)
