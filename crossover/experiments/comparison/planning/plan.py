"""From a request to a plan: which transports, which workload, and all numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from crossover.contract.registry import Address, parse
from crossover.contract.safety import Safety
from crossover.contract.text import masked, readable
from crossover.contract.traits import RunRequest
from crossover.execution import worker_capacity
from crossover.experiments.comparison.planning.amounts import check_memory, default_window, planned_tasks, tasks_once
from crossover.experiments.comparison.planning.request import AUTO, Request, check_combinations
from crossover.experiments.comparison.planning.versions import (
    compared_with_first,
    make_other_version,
    with_other_version,
)
from crossover.experiments.interpreters import only_interpreter, other_interpreters
from crossover.experiments.selection import choose_transports, named_servers, server_warnings
from crossover.experiments.workload import make_workload
from crossover.results.records import Interpreter, Plan, Skipped
from crossover.results.task import TaskSample
from crossover.workers.limits.cpu import usable_cores
from workloads.base import Workload
from workloads.user_modules import user_folders

LEAST_SECONDS = 1.0  # of a run without --tasks
FRACTION_SECONDS = 4.0  # likewise, in each of the many runs of --rate auto
FRACTIONS = (0.5, 0.7, 0.8, 0.9, 0.95)  # of the highest rate of a transport, for --rate auto
PRECISION = 0.05  # --rounds auto: until the interval's half width is this fraction of the median
SHARED_MEMORY = "shared-memory"


class ComparisonSetup(NamedTuple):
    """A plan, and what is needed to do it.

    Attributes:
        plan: all numbers.
        workload: what runs.
        addresses: label → transport; a label is what was typed, with a number if it was typed twice.
        skipped: the transports that cannot take part, with reasons.
        tasks_typed: whether the number of tasks was typed.
        window_typed: whether the window was typed.
        server_warnings: label → what the user should know of the server that is used.
        interpreters: label → what is in its interpreter, where it names another one.
        versions: label → the other version of the workload, of those that run that.
        python: path of the interpreter that looks at the workload; empty: the one of this process.
        varies_workers: whether rows with other numbers of workers may be added.
        task: what a task takes by itself; None: unknown.
    """

    plan: Plan
    workload: Workload
    addresses: Mapping[str, Address]
    skipped: list[Skipped]
    tasks_typed: bool
    window_typed: bool
    server_warnings: dict[str, list[str]]
    interpreters: dict[str, Interpreter]
    versions: Mapping[str, Workload] = {}
    python: str = ""
    varies_workers: bool = False
    task: TaskSample | None = None

    def workload_of(self, label: str) -> Workload:
        """Return what a label runs."""
        return self.versions.get(label, self.workload)

    @property
    def searches_windows(self) -> bool:
        """Whether windows are searched: in closed loop; if they were typed, only for the ceilings of brokers."""
        return not (self.plan.backlog or self.plan.rate or (self.window_typed and self.plan.payloads))


def plan_comparison(
    urls: Sequence[str],
    request: Request,
    command: Sequence[str],
    why_not: Callable[[Address], str | None] = lambda _: None,
) -> ComparisonSetup:
    """Make the plan of a comparison.

    Args:
        urls: names or URLs of transports; none: all that can be used here.
        request: the options.
        command: the command line, for the record.
        why_not: returns why a transport cannot take part in this experiment, or None.

    Raises:
        UsageError: options exclude each other, or a transport cannot do what was requested.
        InputError: the workload, or its input, cannot be used.
        UnusableError: a transport that was named cannot be used here.
    """
    sizes = list(request.payloads)
    name = request.workload or ("payload" if sizes else "files")
    python, folders = only_interpreter(urls), user_folders()
    of_each_size = [make_workload(name, request.source, size, request.seed, python) for size in sizes]
    workload = of_each_size[0] if of_each_size else make_workload(name, request.source, None, request.seed, python)
    check_combinations(request)
    workers = request.workers or usable_cores()
    here = RunRequest(usable_here=True, safety=Safety(request.safety), workers=workers, answers={})
    addresses, skipped = _transports(
        urls, lambda address: why_not(address) or _why_not(address, request, workload, workers), here, request
    )
    interpreters = other_interpreters(addresses, here, [workload])
    tasks = planned_tasks(request, workload)
    if request.once:
        tasks = tasks_once(request, tasks, workload, [address.url for address in addresses.values()])
    check_memory(request, tasks, workload)
    workload.prepare(tasks)
    versions: dict[str, Workload] = {}
    if request.against is None:
        compared = compared_with_first(urls, list(addresses), request)
    else:
        other = make_other_version(workload, request.against, tasks, folders, python, addresses)
        other_interpreters(addresses, here, [other])
        addresses, compared = with_other_version(addresses, request.against)
        interpreters |= {compared[label]: own for label, own in interpreters.items()}
        versions = dict.fromkeys(compared.values(), other)
    plan = Plan(
        command=[masked(readable(word)) for word in command],
        transports=list(addresses),
        workload=workload.name,
        input=None if request.source is None else readable(request.source),
        safety=request.safety,
        tasks=tasks,
        workers=workers,
        batch=request.batch,
        window=request.typed_window or default_window(workers, request.batch, workload.payload_bytes),
        payload_bytes=workload.payload_bytes,
        rounds=request.most_rounds,
        seed=request.seed,
        rate=request.typed_rate,
        fractions=list(FRACTIONS) if request.rate == AUTO else [],
        seconds=FRACTION_SECONDS if request.rate == AUTO and request.tasks is None else None,
        least_seconds=LEAST_SECONDS if _repeats(request) else None,
        until_within=PRECISION if request.rounds == AUTO else None,
        until_apart=request.until_apart,
        payloads=sizes if len(sizes) > 1 else [],
        check=request.check,
        servers=named_servers((label, one.traits.server, one.server_address) for label, one in addresses.items()),
        once=request.once,
        backlog=request.backlog is not None,
        against=None if request.against is None else readable(request.against),
        gate=request.gate,
        compared_with=compared,
    )
    return ComparisonSetup(
        plan,
        workload,
        addresses,
        skipped,
        tasks_typed=request.tasks is not None,
        window_typed=request.typed_window is not None,
        server_warnings=server_warnings(addresses, [here]),
        interpreters=interpreters,
        versions=versions,
        python=python,
        varies_workers=_varies_workers(request),
    )


def _varies_workers(request: Request) -> bool:
    """Return whether rows with other numbers of workers may be added: not where workers, or what is compared, is typed.

    With several payload sizes, with a backlog and at a rate the number of workers is not the question.
    """
    typed = request.workers is not None or request.against is not None or request.gate is not None
    return not (typed or request.once or request.payloads or request.backlog or request.rate)


def _repeats(request: Request) -> bool:
    """Return whether the tasks of a run are repeated until it is long enough."""
    typed = request.tasks is not None or request.backlog is not None or request.typed_rate is not None
    return not (typed or request.once or len(request.payloads) > 1)


def _transports(
    urls: Sequence[str], why_not: Callable[[Address], str | None], here: RunRequest, request: Request
) -> tuple[dict[str, Address], list[Skipped]]:
    """Return the transports that take part; with several payload sizes, shared memory always does: it copies least."""
    addresses, skipped = choose_transports(
        urls,
        why_not,
        lambda address: address.why_not(here),
        f"no transport can be compared at the {request.safety} safety level",
    )
    if urls and len(request.payloads) > 1 and SHARED_MEMORY not in {address.name for address in addresses.values()}:
        added = parse(SHARED_MEMORY)
        if reason := why_not(added) or added.why_not(here):
            skipped.append(Skipped(transport=SHARED_MEMORY, reason=reason))
        else:
            addresses[SHARED_MEMORY] = added
    return addresses, skipped


def _why_not(address: Address, request: Request, workload: Workload, workers: int) -> str | None:
    """Return why a transport cannot do what was requested, or None."""
    return address.why_not(
        RunRequest(
            safety=Safety(request.safety),
            workload=workload,
            paced=request.rate is not None,
            pausable=request.backlog is not None,
        )
    ) or (None if request.force else _why_not_so_many(address, address.workers or workers))


def _why_not_so_many(address: Address, workers: int) -> str | None:
    reason = worker_capacity.why_not(address, workers)
    return f"{address.name}: {reason}" if reason else None
