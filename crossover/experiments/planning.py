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
from crossover.experiments.backlog_planning import refuse_nonsense
from workloads import catalogue
from workloads.base import Workload

WINDOW_BATCHES = 16  # per worker, in the window
SECONDS = 10.0  # that a run at a rate sends, where no number of tasks was given
SECONDS_AT_FRACTION = 4.0  # likewise, of each of the many runs of --rate auto
FEWEST = 10  # messages of a run at a rate
FRACTIONS = (0.5, 0.7, 0.8, 0.9, 0.95)  # of the most that a transport can do, for --rate auto
AUTO = "auto"
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
    rate: float | str | None = None  # tasks per second, or AUTO
    check: bool = False
    backlog: int | None = None
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
    refuse_nonsense(asked.backlog, asked.tasks, asked.window, workload.payload_bytes)
    refuse_together(asked)
    level = Safety(asked.safety)
    workers = asked.workers or usable_cores()
    addresses, skipped = choose(
        [*typed, *_beside(typed, sizes)],
        lambda address: (
            address.refusal(level)
            or address.unfit(workload)
            or unfit(address)
            or _unpaced(address, asked.rate)
            or (address.unstoppable() if asked.backlog else None)
            or (None if asked.force else room.refusal(address, workers))
        ),
        f"no transport can be compared at the {level} level",
    )
    rate = _typed(asked)
    tasks = asked.backlog or asked.tasks or (at_rate(rate, SECONDS, asked.batch) if rate else workload.usual_tasks)
    needed, there = tasks * BYTES_A_TASK, psutil.virtual_memory().available
    if needed > there:
        figures = f"{needed / 2**30:,.1f} GiB for their record; {there / 2**30:,.1f} are free"
        raise UsageError(f"{'--backlog' if asked.backlog else '--tasks'}: {tasks:,} tasks need {figures}")
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
        rate=rate,
        fractions=list(FRACTIONS) if asked.rate == AUTO else [],
        seconds=SECONDS_AT_FRACTION if asked.rate == AUTO and asked.tasks is None else None,
        until_within=SURE if asked.rounds is None else None,
        payloads=sizes if len(sizes) > 1 else [],
        check=asked.check,
        backlog=asked.backlog is not None,
    )
    return Prepared(plan, workload, addresses, skipped, asked.tasks is not None, asked.window is not None)


def _beside(typed: Sequence[str], sizes: Sequence[int]) -> Sequence[str]:
    """Return what a sweep of payload sizes is shown beside, unless it was typed: copying is all that it does."""
    wanted = typed and len(sizes) > 1 and not any(parse(url).name == COPYING for url in typed)
    return [COPYING] if wanted and parse(COPYING).unusable() is None else []


def at_rate(rate: float, seconds: float, batch: int) -> int:
    """Return how many tasks a run at a rate has."""
    return max(int(rate * seconds), FEWEST * batch)


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


def refuse_together(asked: Asked) -> None:
    """Refuse options of which each is a comparison of its own, and those that mean nothing beside another.

    Raises:
        UsageError: two of them were typed.
    """
    kinds = {
        "--rate": asked.rate is not None,
        "--backlog": asked.backlog is not None,
        "several sizes of --payload": len(asked.payloads) > 1,
        "--check": asked.check,
    }
    typed = [kind for kind, was in kinds.items() if was]
    if len(typed) > 1:
        raise UsageError(f"{' and '.join(typed)} are comparisons of their own: give one of them")
    if asked.window is not None and _typed(asked) is not None:
        raise UsageError("--window is for closed loop; at a rate (--rate) tasks are sent whatever is outstanding")


def _typed(asked: Asked) -> float | None:
    """Return the rate that was typed, if it is a number."""
    return None if isinstance(asked.rate, str) else asked.rate


def _unpaced(address: Address, rate: float | str | None) -> str | None:
    """Return why a transport cannot be given tasks at a rate, if one was asked for."""
    reason = address.transport.unpaced if rate else ""
    return f"{address.name} cannot be given tasks at a rate: {reason}" if reason else None


def usual_window(workers: int, batch: int, payload_bytes: int | None) -> int:
    """Return how many tasks are outstanding where nobody says it: 16 batches a worker, 256 MiB of payloads at most."""
    window = WINDOW_BATCHES * workers * batch
    return min(window, max(workers * batch, WINDOW_BYTES // payload_bytes)) if payload_bytes else window
