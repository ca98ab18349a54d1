"""scale: each transport with several numbers of workers, and what else can be set where it has most to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from crossover.analysis.scaling.points import points_of, recommended
from crossover.contract.errors import UsageError
from crossover.contract.registry import Address
from crossover.execution import worker_capacity
from crossover.execution.load.load import Load
from crossover.experiments import probes
from crossover.experiments.case import Case
from crossover.experiments.planning import Prepared, prepare, usual_window
from crossover.experiments.request import Request
from crossover.experiments.rounds import Measurement

COUNTS = (1, 2, 3, 4, 6, 8, 12, 16)
SECONDS = 0.5  # of submitting, in a run without a number of tasks
MOST_TASKS = 300_000  # of such a run
DEEP = 8  # times the usual window for other settings: what takes more at once must find it
OFTEN = 2  # times the rounds for other settings, which differ less than numbers of workers do


class ScalePrepared(NamedTuple):
    """What will be done.

    Attributes:
        prepared: as for every comparison; its plan has the numbers of workers.
        window: tasks outstanding; None: what suits each number of workers.
        force: whether memory is not looked at.
    """

    prepared: Prepared
    window: int | None
    force: bool

    @property
    def planned(self) -> int:
        """How many runs there will be."""
        plan, addresses = self.prepared.plan, self.prepared.addresses.values()
        variants = OFTEN * sum(len(address.options.variants()) for address in addresses)
        return plan.rounds * (len(plan.transports) * len(plan.worker_counts) + variants)

    @property
    def beside(self) -> int:
        """How many probes there will be."""
        plan = self.prepared.plan
        return min(plan.rounds, probes.ROUNDS) * len(plan.transports)


def prepare_scale(
    typed: Sequence[str], asked: Request, counts: Sequence[int] | None, command: Sequence[str]
) -> ScalePrepared:
    """Find out what will be done.

    Args:
        typed: names or URLs of transports; none: all that can be used here.
        asked: the shared options.
        counts: the numbers of workers; None: the usual ones, as far as memory carries them.
        command: the command line, for the record.

    Raises:
        UsageError: what was asked for makes no sense.
        InputError: the workload, or its input, cannot be used.
        UnusableError: a transport that was named cannot be used here.
    """
    if len(asked.payloads) > 1:
        raise UsageError("--payload: one size at a time where there are several numbers of workers")
    certain = max(counts) if counts else COUNTS[0]
    prepared = prepare(typed, asked._replace(workers=certain, tasks=asked.tasks or MOST_TASKS), command, _no_workers)
    plan = replace(
        prepared.plan,
        worker_counts=sorted(counts or COUNTS),
        workers=max(counts or COUNTS),
        seconds=None if asked.tasks else SECONDS,
    )
    plan.window = asked.window or usual_window(plan.workers, plan.batch, plan.payload_bytes)
    return ScalePrepared(prepared._replace(plan=plan), asked.window, asked.force)


def _no_workers(address: Address) -> str | None:
    return (
        "serial has no workers, whatever number is asked for: crossover compare" if address.name == "serial" else None
    )


def scale(measurement: Measurement, asked: ScalePrepared) -> None:
    """Measure everything that was planned.

    Raises:
        KeyboardInterrupt: Ctrl-C; what was measured is in `measurement.result`.
    """
    plan, addresses = asked.prepared.plan, asked.prepared.addresses
    cases = [
        _case(asked, label, address, workers) for label, address in addresses.items() for workers in plan.worker_counts
    ]
    measurement.rounds(cases, plan.rounds, refusal=lambda case: "" if asked.force else _refusal(measurement, case))
    measurement.rounds(_idle(cases), min(plan.rounds, probes.ROUNDS))
    measurement.rounds(list(_variants(measurement, asked)), OFTEN * plan.rounds)


def _case(asked: ScalePrepared, label: str, address: Address, workers: int, deep: int = 1) -> Case:
    plan = asked.prepared.plan
    window = asked.window or usual_window(workers * deep, plan.batch, plan.payload_bytes)
    load = Load(plan.tasks, workers, plan.batch, window)
    if plan.seconds is not None:
        load = load._replace(seconds=plan.seconds)
    detail = f"{workers:,} worker" + ("" if workers == 1 else "s")
    return Case(label, address, asked.prepared.workload, load, detail=detail)


def _idle(cases: Sequence[Case]) -> list[Case]:
    """Return each transport with its fewest workers, one task each that does nothing: what it needs of their CPU."""
    fewest = min(case.load.workers for case in cases)
    return [
        probes.doing_nothing(case, case.load.workers * case.load.batch) for case in cases if case.load.workers == fewest
    ]


def _refusal(measurement: Measurement, case: Case) -> str:
    """Return why memory would not carry a case, from what workers have taken where there were fewer; else nothing."""
    workers = case.load.workers
    each = [
        run.cost.peak_rss_bytes["workers"] // run.workers
        for run in measurement.result.runs
        if run.transport == case.label and run.workers < workers and "workers" in run.cost.peak_rss_bytes
    ]
    return worker_capacity.why_not(case.address, workers, each[0] if each else None) or ""


def _variants(measurement: Measurement, asked: ScalePrepared) -> Iterator[Case]:
    """Return the other settings of each transport that has some, with its recommended number of workers."""
    points = points_of(measurement.result.runs, measurement.result.host)
    for label, address in asked.prepared.addresses.items():
        own = [point for point in points if point.transport == label]
        for setting, options in address.options.variants().items() if own else ():
            beside = address._replace(options=options, url=_with(address.url, setting))
            yield _case(asked, _with(label, setting), beside, recommended(own), DEEP)


def _with(url: str, setting: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}{setting}"
