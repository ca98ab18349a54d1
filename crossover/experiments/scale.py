"""scale: each transport with several numbers of workers; those that have other settings are measured with these too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from crossover.analysis.scaling.advice import recommended_workers
from crossover.analysis.scaling.worker_counts import scale_points
from crossover.contract.errors import UsageError
from crossover.contract.options import with_option
from crossover.contract.registry import Address
from crossover.contract.traits import RunRequest
from crossover.execution import worker_capacity
from crossover.execution.load.load import Load
from crossover.experiments.comparison import probes
from crossover.experiments.comparison.planning.amounts import bounded_window, default_window
from crossover.experiments.comparison.planning.plan import ComparisonSetup, plan_comparison
from crossover.experiments.comparison.planning.request import Request
from crossover.experiments.comparison.rounds import RoundRunner
from crossover.experiments.comparison.run_spec import RunSpec
from crossover.experiments.comparison.window_search import search_windows, searched
from crossover.experiments.doubling import BETWEEN, MOST_WORKERS, counts_by_doubling
from crossover.workers.limits.cpu import usable_cores

FIRST_COUNT = 1  # of the numbers of workers, where none was typed
SECONDS = 0.5  # of submitting, in a run without --tasks
MOST_TASKS = 300_000  # of such a run
VARIANT_WINDOW = 8  # times the default window, for other settings: a larger prefetch must find tasks to fetch
VARIANT_ROUNDS = 2  # times the rounds, for other settings, which differ less than numbers of workers do


class ScaleSetup(NamedTuple):
    """A plan, and what is needed to do it.

    Attributes:
        comparison: as for every comparison; its plan has the numbers of workers.
        window: tasks that may be outstanding; None: it is searched for each transport.
        force: whether workers are started even if memory seems too small for them.
        doubles: whether numbers of workers are tried until more do not help.
    """

    comparison: ComparisonSetup
    window: int | None
    force: bool
    doubles: bool = False

    @property
    def run_count(self) -> int:
        """The number of runs, at most."""
        plan, addresses = self.comparison.plan, self.comparison.addresses.values()
        variants = VARIANT_ROUNDS * sum(len(address.options.variants()) for address in addresses)
        counts = MOST_WORKERS.bit_length() + len(BETWEEN) if self.doubles else len(plan.worker_counts)
        return plan.rounds * (len(plan.transports) * counts + variants)

    @property
    def probe_count(self) -> int:
        """The number of probes."""
        plan = self.comparison.plan
        return probes.idle_rounds(plan) * len(plan.transports)

    @property
    def search_count(self) -> int:
        """The number of searches for a window, at most."""
        return len(searched(self.search_specs()))

    def search_specs(self) -> list[RunSpec]:
        """Return a spec for each transport whose window is searched, if that was not typed."""
        addresses = self.comparison.addresses if self.window is None else {}
        return [_spec(self, label, address, self.search_workers) for label, address in addresses.items()]

    @property
    def search_workers(self) -> int:
        """The number of workers with which windows are searched: the most that all run at the same time."""
        counts, cores = self.comparison.plan.worker_counts, usable_cores()
        if self.doubles:
            return cores
        return max((count for count in counts if count <= cores), default=counts[0])

    def window_of(self, label: str, workers: int) -> int:
        """Return the window for a number of workers: as many messages for each as the search has found.

        Args:
            label: of the transport.
            workers: how many.
        """
        plan, searched_with = self.comparison.plan, self.search_workers
        if self.window is not None:
            return self.window
        if label not in plan.windows:
            return default_window(workers, plan.batch, plan.payload_bytes)
        each = plan.windows[label] // (searched_with * plan.batch)
        return bounded_window(max(1, each) * workers * plan.batch, workers, plan.batch, plan.payload_bytes)


def plan_scale(
    urls: Sequence[str], request: Request, worker_counts: Sequence[int] | None, command: Sequence[str]
) -> ScaleSetup:
    """Make the plan of a scaling experiment.

    Args:
        urls: names or URLs of transports; none: all that can be used here.
        request: the options.
        worker_counts: numbers of workers; None: 1, 2, 4, 8, ... until more do not help.
        command: the command line, for the record.

    Raises:
        UsageError: options exclude each other, or a transport cannot do what was requested.
        InputError: the workload, or its input, cannot be used.
        UnusableError: a transport that was named cannot be used here.
    """
    if len(request.payloads) > 1:
        raise UsageError("--payload: allowed is one size, because scale measures several numbers of workers")
    counts = sorted(worker_counts or [FIRST_COUNT])
    setup = plan_comparison(
        urls, request._replace(workers=counts[-1], tasks=request.tasks or MOST_TASKS), command, _why_no_scale
    )
    plan = replace(
        setup.plan,
        worker_counts=counts,
        workers=counts[-1],
        seconds=None if request.tasks else SECONDS,
        worker_counts_of={} if worker_counts else dict.fromkeys(setup.plan.transports, counts),
    )
    plan.window = request.typed_window or default_window(plan.workers, plan.batch, plan.payload_bytes)
    return ScaleSetup(setup._replace(plan=plan), request.typed_window, request.force, doubles=not worker_counts)


def _why_no_scale(address: Address) -> str | None:
    if address.workers:
        return f"{address.label} sets its own number of workers, which scale varies; -w gives the numbers"
    return address.why_not(RunRequest(vary_workers=True))


def scale(runner: RoundRunner, setup: ScaleSetup) -> None:
    """Do all runs and probes of the plan.

    Args:
        runner: measures and keeps the result.
        setup: what to measure.

    Raises:
        KeyboardInterrupt: Ctrl-C; `runner.result` has what was measured.
    """
    plan, addresses = setup.comparison.plan, setup.comparison.addresses
    runner.measure_bookkeeping()
    search_windows(runner, setup.search_specs(), setup.comparison.task)

    def why_not(spec: RunSpec) -> str | None:
        return None if setup.force else _why_no_memory(runner, spec)

    def spec_of(label: str, address: Address, workers: int) -> RunSpec:
        return _spec(setup, label, address, workers)

    counts = dict.fromkeys(addresses, plan.worker_counts)
    if setup.doubles:
        counts = counts_by_doubling(runner, spec_of, dict(addresses), why_not, setup.comparison.task)
    specs = [spec_of(label, addresses[label], workers) for label, own in counts.items() for workers in own]
    runner.run_rounds(specs, plan.rounds, why_not=why_not, first=2 if setup.doubles else 1)
    if not specs:
        return
    runner.run_rounds(_idle_specs(specs), probes.idle_rounds(plan))
    runner.run_rounds(list(_variant_specs(runner, setup)), VARIANT_ROUNDS * plan.rounds)


def _spec(setup: ScaleSetup, label: str, address: Address, workers: int, window: int | None = None) -> RunSpec:
    plan = setup.comparison.plan
    load = Load(plan.tasks, workers, plan.batch, window or setup.window_of(label, workers))
    if plan.seconds is not None:
        load = load._replace(seconds=plan.seconds)
    detail = f"{workers:,} worker" + ("" if workers == 1 else "s")
    return RunSpec(label, address, setup.comparison.workload, load, detail=detail)


def _idle_specs(specs: Sequence[RunSpec]) -> list[RunSpec]:
    """Return probes of the CPU time that each transport takes from its workers, with the fewest workers."""
    fewest = min(spec.load.workers for spec in specs)
    return [
        probes.idle_spec(spec, spec.load.workers * spec.load.batch) for spec in specs if spec.load.workers == fewest
    ]


def _why_no_memory(runner: RoundRunner, spec: RunSpec) -> str | None:
    """Return why memory is too small for a spec, judged by what fewer workers had to themselves; None: it is not."""
    workers = spec.load.workers
    each = [
        run.cost.private_bytes or run.cost.peak_rss_bytes["workers"] // run.workers
        for run in runner.result.runs
        if run.transport == spec.label and run.workers < workers and "workers" in run.cost.peak_rss_bytes
    ]
    return worker_capacity.why_not(spec.address, workers, each[0] if each else None)


def _variant_specs(runner: RoundRunner, setup: ScaleSetup) -> Iterator[RunSpec]:
    """Return one spec for each other setting of a transport, with its recommended number of workers."""
    plan, points = setup.comparison.plan, scale_points(runner.result.runs, runner.result.host)
    for label, address in setup.comparison.addresses.items():
        own = [point for point in points if point.transport == label]
        for setting, options in address.options.variants().items() if own else ():
            variant = address._replace(options=options, url=with_option(address.url, setting))
            workers = recommended_workers(own)
            large = default_window(VARIANT_WINDOW * workers, plan.batch, plan.payload_bytes)
            window = setup.window or max(large, setup.window_of(label, workers))
            yield _spec(setup, with_option(label, setting), variant, workers, window)
