"""From what was asked for to what will be done: transports, workload, numbers."""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Mapping, Sequence
from itertools import chain, count
from typing import NamedTuple

import psutil

from crossover.contract.errors import UnusableError, UsageError
from crossover.contract.records import Plan, Skipped
from crossover.contract.registry import TRANSPORTS, Address, parse
from crossover.contract.safety import Safety
from crossover.contract.text import masked, readable
from crossover.execution import room
from crossover.execution.host import usable_cores
from workloads import catalogue
from workloads.base import Workload

WINDOW_BATCHES = 16  # per worker, in the window
BYTES_A_TASK = 128  # of the producer's record, and of judging it
MOST_ROUNDS, SURE = 50, 0.05  # where rounds go on until the interval's half width is this part of the median
COPYING = "shared-memory"
WINDOW_BYTES = 256 * 2**20  # of payloads outstanding, where they are large


class Asked(NamedTuple):
    """The shared options of the command line; None where nothing was said, of rounds: as many as are needed."""

    workload: str | None
    source: str | None
    tasks: int | None
    workers: int | None
    batch: int
    window: int | None
    safety: str
    rounds: int | None
    payloads: Sequence[int]
    seed: int
    check: bool = False
    force: bool = False  # more workers than memory seems to carry


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
    asked: Asked,
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
    if asked.check and len(sizes) > 1:
        raise UsageError("--check tries one break-even time; give --payload one size")
    level = Safety(asked.safety)
    workers = asked.workers or usable_cores()
    addresses, skipped = choose(
        [*typed, *_beside(typed, sizes)],
        lambda address: (
            address.refusal(level)
            or address.unfit(workload)
            or unfit(address)
            or (None if asked.force else room.refusal(address, workers))
        ),
        f"no transport can be compared at the {level} level",
    )
    tasks = asked.tasks or workload.usual_tasks
    needed, there = tasks * BYTES_A_TASK, psutil.virtual_memory().available
    if needed > there:
        figures = f"{needed / 2**30:,.1f} GiB for their record; {there / 2**30:,.1f} are free"
        raise UsageError(f"--tasks: {tasks:,} tasks need {figures}")
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
        rounds=asked.rounds or MOST_ROUNDS,
        seed=asked.seed,
        until_within=SURE if asked.rounds is None else None,
        payloads=sizes if len(sizes) > 1 else [],
        check=asked.check,
    )
    return Prepared(plan, workload, addresses, skipped, asked.tasks is not None, asked.window is not None)


def _beside(typed: Sequence[str], sizes: Sequence[int]) -> Sequence[str]:
    """Return what a sweep of payload sizes is shown beside, unless it was typed: copying is all that it does."""
    wanted = typed and len(sizes) > 1 and not any(parse(url).name == COPYING for url in typed)
    return [COPYING] if wanted and parse(COPYING).unusable() is None else []


def choose(
    typed: Sequence[str],
    refusal: Callable[[Address], str | None],
    nothing: str,
    read: Callable[[str], Address] = parse,
) -> tuple[dict[str, Address], list[Skipped]]:
    """Return label → transport of what will be used, and what is skipped.

    Args:
        typed: names or URLs; none: all that there are.
        refusal: says why one cannot be used for what is asked, or nothing.
        nothing: what to say, before the first reason, where none is left.
        read: reads a name or URL.

    Raises:
        UsageError: one that was named is refused, or none is left.
        UnusableError: one that was named cannot be used here.
    """
    addresses: dict[str, Address] = {}
    skipped = []
    for url in typed or TRANSPORTS:
        address = read(url)
        refused, unusable = refusal(address), address.unusable()
        if typed and refused:
            raise UsageError(refused)
        insist(address.name, unusable, typed)
        if reason := refused or unusable:
            skipped.append(Skipped(transport=address.url, reason=reason))
        else:
            addresses[label_of(parse(url).label, addresses)] = address
    if not addresses:
        raise UsageError(f"{nothing}: {skipped[0].reason}")
    return addresses, skipped


def insist(name: str, unusable: str | None, typed: Sequence[str]) -> None:
    """Insist on what was named; with CI=true on everything, since there nothing may go untested unnoticed.

    Raises:
        UnusableError: it cannot be used here.
    """
    if unusable and (typed or os.environ.get("CI") == "true"):
        raise UnusableError(f"{name} cannot be used here: {unusable}")


def label_of(url: str, taken: Container[str]) -> str:
    """Return what to call what was typed, so that it is told from what was typed before."""
    labels = chain([url], (f"{url} ({number})" for number in count(2)))
    return next(label for label in labels if label not in taken)


def usual_window(workers: int, batch: int, payload_bytes: int | None) -> int:
    """Return how many tasks are outstanding where nobody says it: 16 batches a worker, 256 MiB of payloads at most."""
    window = WINDOW_BATCHES * workers * batch
    return min(window, max(workers * batch, WINDOW_BYTES // payload_bytes)) if payload_bytes else window
