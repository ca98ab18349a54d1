"""Draws lines over a whole input, each with the same chance."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from typing import NamedTuple

from crossover.contract.errors import UsageError
from crossover.jobs.runner.chunk import Chunk
from crossover.jobs.runner.numbers import Numbers, Skipped
from crossover.jobs.runner.plan import Job
from crossover.jobs.runner.sources.input import Input
from crossover.jobs.runner.sources.source import Source

SEED = 0  # the same command draws the same lines
TRIES = 20  # for each line, where most of them are done already


class Drawn(NamedTuple):
    """Lines that were drawn.

    Attributes:
        lines: each by itself, in the order of the input.
        total: how many lines the input has.
    """

    lines: list[Chunk]
    total: int


def draw(read: Input, count: int, done: Skipped) -> Drawn:
    """Draw lines that are not done; the input is read twice, and only what is drawn is kept.

    Args:
        read: the input.
        count: how many, at most.
        done: numbers of lines that are left out.

    Raises:
        InputError: it cannot be read.
    """
    total = sum(chunk.count for chunk in _chunks(read))
    wanted = _numbers(total, count, done)
    found: list[Chunk] = []
    for chunk in _chunks(read) if wanted else ():
        lines = chunk.lines.split(b"\n")
        numbers = sorted(wanted.intersection(range(chunk.first, chunk.first + chunk.count)))
        found += [chunk if chunk.bad else Chunk(number, 1, lines[number - chunk.first]) for number in numbers]
        if len(found) == len(wanted):
            break
    return Drawn(found, total)


def refuse_sample(job: Job, read: Input, option: str) -> None:
    """Raise an error if lines cannot be drawn over an input.

    Args:
        job: what is asked for.
        read: its input.
        option: for which they would be drawn.

    Raises:
        UsageError: they cannot.
    """
    if job.retry_failed:
        raise UsageError(f"{option} and --retry-failed exclude each other: only lines that failed would be drawn")
    if not read.repeatable:
        way_out = "name a file or a folder"
        raise UsageError(
            f"{option} draws lines over the whole input, and {read.place} can be read once only: {way_out}"
        )


def _chunks(read: Input) -> Iterator[Chunk]:
    source, none = Source(read), Numbers()
    while (chunk := source.chunk(sys.maxsize, none)) is not None:
        yield chunk


def _numbers(total: int, count: int, done: Skipped) -> set[int]:
    if count >= total:
        return {number for number in range(1, total + 1) if number not in done}
    generator = random.Random(SEED)  # noqa: S311 - no secret
    wanted: set[int] = set()
    for _ in range(TRIES * count):
        number = generator.randint(1, total)
        if number not in done:
            wanted.add(number)
        if len(wanted) == count:
            break
    return wanted
