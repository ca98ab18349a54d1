"""From what was asked for to what will be done: transports, workload, numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from crossover.contract.errors import UsageError
from crossover.contract.registry import Address, parse
from crossover.contract.safety import Safety
from crossover.contract.text import masked, readable
from crossover.execution import worker_capacity
from crossover.execution.host import usable_cores
from crossover.experiments.request import AUTO, Request, refuse_together
from crossover.experiments.selection import choose, servers_of
from crossover.results.records import Plan, Skipped
from crossover.workers import limits
from workloads import catalogue
from workloads.base import Workload

WINDOW_BATCHES = 16  # per worker, in the window
SECONDS = 10.0  # that a run at a rate sends, where no number of tasks was given
SECONDS_AT_FRACTION = 4.0  # likewise, of each of the many runs of --rate auto
FEWEST = 10  # messages of a run at a rate
FRACTIONS = (0.5, 0.7, 0.8, 0.9, 0.95)  # of the most that a transport can do, for --rate auto
BYTES_A_TASK = 128  # of the producer's record, and of judging it
MOST_ROUNDS, SURE = 50, 0.05  # where rounds go on until the interval's half width is this part of the median
COPYING = "shared-memory"
WINDOW_BYTES = 256 * 2**20  # of payloads outstanding, where they are large


class Prepared(NamedTuple):
    """What will be done.

    Attributes:
        plan: the numbers.
        workload: what runs.
        addresses: label → transport; labels are what was typed, and tell apart what was typed twice.
        skipped: what cannot be used here.
    """

    plan: Plan
    workload: Workload
    addresses: Mapping[str, Address]
    skipped: list[Skipped]
    tasks_typed: bool
    window_typed: bool


def prepare(
    typed: Sequence[str],
    asked: Request,
    command: Sequence[str],
    unfit: Callable[[Address], str | None] = lambda _: None,
) -> Prepared:
    """Find out what will be done.

    Args:
        typed: names or URLs of transports; none: all that can be used here.
        asked: the shared options.
        command: the command line, for the record.
        unfit: says why one cannot be used for what is done with it, or nothing.

    Raises:
        UsageError: what was asked for makes no sense.
        InputError: the workload, or its input, cannot be used.
        UnusableError: a transport that was named cannot be used here.
    """
    sizes = list(asked.payloads)
    name = asked.workload or ("payload" if sizes else "files")
    of_each_size = [catalogue.make(name, asked.source, size, asked.seed) for size in sizes]
    workload = of_each_size[0] if of_each_size else catalogue.make(name, asked.source, None, asked.seed)
    refuse_together(asked)
    level = Safety(asked.safety)
    workers = asked.workers or usable_cores()

    def refusal(address: Address) -> str | None:
        return (
            address.refusal(level)
            or address.unfit(workload)
            or unfit(address)
            or _unpaced(address, asked.rate)
            or (address.unstoppable() if asked.backlog else None)
            or (None if asked.force else _why_not_so_many(address, workers))
        )

    addresses, skipped = choose(
        typed,
        refusal,
        f"no transport can be compared at the {level} level",
    )
    if typed and len(sizes) > 1 and COPYING not in {address.name for address in addresses.values()}:
        beside = parse(COPYING)
        if reason := refusal(beside) or beside.unusable():
            skipped.append(Skipped(transport=COPYING, reason=reason))
        else:
            addresses[COPYING] = beside
    rate = asked.typed_rate
    tasks = asked.backlog or asked.tasks or (at_rate(rate, SECONDS, asked.batch) if rate else workload.usual_tasks)
    _refuse_too_many(asked, tasks, workload)
    plan = Plan(
        command=[masked(readable(word)) for word in command],
        transports=list(addresses),
        workload=workload.name,
        input=None if asked.source is None else readable(asked.source),
        safety=asked.safety,
        tasks=tasks,
        workers=workers,
        batch=asked.batch,
        window=asked.window or usual_window(workers, asked.batch, workload.payload_bytes),
        payload_bytes=workload.payload_bytes,
        rounds=MOST_ROUNDS if isinstance(asked.rounds, str) else asked.rounds,
        seed=asked.seed,
        rate=rate,
        fractions=list(FRACTIONS) if asked.rate == AUTO else [],
        seconds=SECONDS_AT_FRACTION if asked.rate == AUTO and asked.tasks is None else None,
        until_within=SURE if asked.rounds == AUTO else None,
        payloads=sizes if len(sizes) > 1 else [],
        check=asked.check,
        servers=servers_of((label, one.transport.server, one.server_address) for label, one in addresses.items()),
        backlog=asked.backlog is not None,
    )
    return Prepared(plan, workload, addresses, skipped, asked.tasks is not None, asked.window is not None)


def _refuse_too_many(asked: Request, tasks: int, workload: Workload) -> None:
    """Refuse more tasks than memory holds: their record, and of a backlog their payloads.

    Raises:
        UsageError: there are too many.
    """
    option, waiting = (
        ("--backlog", workload.payload_bytes or 0) if asked.backlog else ("--tasks" if asked.tasks else "--rate", 0)
    )
    needed, there = tasks * (BYTES_A_TASK + waiting), limits.free_memory()
    if needed > there and not asked.force:
        what = "their payloads and their record" if waiting else "their record"
        figures = f"{needed / 2**30:,.1f} GiB for {what}; {there / 2**30:,.1f} are free"
        raise UsageError(f"{option}: {tasks:,} tasks need {figures}")


def at_rate(rate: float, seconds: float, batch: int) -> int:
    """Return how many tasks a run at a rate has."""
    return max(int(rate * seconds), FEWEST * batch)


def _why_not_so_many(address: Address, workers: int) -> str | None:
    reason = worker_capacity.why_not(address, workers)
    return f"{address.name}: {reason}" if reason else None


def _unpaced(address: Address, rate: float | str | None) -> str | None:
    """Return why a transport cannot be given tasks at a rate, if one was asked for."""
    reason = address.transport.unpaced if rate else ""
    return f"{address.name} cannot be given tasks at a rate: {reason}" if reason else None


def usual_window(workers: int, batch: int, payload_bytes: int | None) -> int:
    """Return how many tasks are outstanding where nobody says it: 16 batches a worker, 256 MiB of payloads at most."""
    window = WINDOW_BATCHES * workers * batch
    return min(window, max(workers * batch, WINDOW_BYTES // payload_bytes)) if payload_bytes else window
