"""Result files that were named: read, made to fit, set beside each other."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import msgspec

from crossover.analysis.conclusions import conclude
from crossover.analysis.differences.difference import difference
from crossover.contract.errors import UsageError
from crossover.contract.text import readable
from crossover.report.formats import files, result_reader
from crossover.report.formats.result_reader import kind_of
from crossover.results.comparison import Result
from crossover.results.difference import Difference
from crossover.results.kinds import AnyResult

CONTRADICTION = (ArithmeticError, AssertionError, LookupError, ValueError)
MOST_SAID = 6  # of what is not alike


def read_all(paths: Sequence[str]) -> dict[str, AnyResult]:
    """Return name → result, with its conclusions; a file that is named twice is read once.

    Raises:
        UsageError: one cannot be read.
    """
    different: dict[str, str] = {}
    for path in paths:
        different.setdefault(path if path == files.STANDARD_OUTPUT else os.path.realpath(path), path)
    return {readable(path): _concluded(result_reader.read(path)) for path in different.values()}


@contextmanager
def fitting(*paths: str) -> Iterator[None]:
    """Show results; one that was changed by hand may have parts that do not fit together.

    Raises:
        UsageError: they do not.
    """
    try:
        yield
    except UnicodeError:  # what is written to has fewer letters; the file is not to blame
        raise
    except CONTRADICTION as error:
        what = f"{type(error).__name__}: {error}"
        raise UsageError(f"{readable(', '.join(paths))}: parts of it contradict each other ({what})") from error


def compared(
    base: tuple[str, AnyResult], new: tuple[str, AnyResult], threshold: float, *, force: bool = False
) -> Difference:
    """Set two results beside each other.

    Args:
        base: path and result of the one before.
        new: path and result of the one now.
        threshold: part by which a case may be slower.
        force: whether host and settings may differ.

    Raises:
        UsageError: that means nothing.
    """
    (first, before), (second, now) = base, new
    if kind_of(before) != kind_of(now):
        raise UsageError(f"{first} is of the kind {kind_of(before)}, {second} of the kind {kind_of(now)}")
    found = msgspec.structs.replace(difference(before, now, threshold), base=first, new=second)
    if found.unlike and not force:
        more = f"; and {len(found.unlike) - MOST_SAID} more" if len(found.unlike) > MOST_SAID else ""
        what = "; ".join(found.unlike[:MOST_SAID]) + more
        raise UsageError(
            f"{second} is not of the same host and settings as {first}: {what}. crossover diff --force compares them"
        )
    if not found.changes and not found.gone:
        only = [*found.only_base, *found.only_new]
        raise UsageError(f"{first} and {second} have nothing in common: there are {', '.join(only) or 'no runs'}")
    return found


def _concluded(result: AnyResult) -> AnyResult:
    """Return a result with what follows from its runs: a command that was killed has not come to that."""
    if not isinstance(result, Result) or any((result.summary, result.points, result.loads, result.sweep)):
        return result
    return conclude(result)
